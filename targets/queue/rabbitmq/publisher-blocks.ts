/** When and how long the broker reads nothing that is published: `connection.blocked`, at an alarm of its memory or disk. */
import type { BlockedPublishers } from '../../../result/result-types.ts';

export class PublisherBlocks {
  #reason = '';
  #times = 0;
  #durationMs = 0;
  #sinceMs: number | null = null;

  get isBlocked(): boolean {
    return this.#sinceMs !== null;
  }

  /** `reason`: as the broker puts it. */
  begin(reason: string): void {
    this.#reason = reason;
    if (this.#sinceMs !== null) return;
    this.#times++;
    this.#sinceMs = performance.now();
  }

  end(): void {
    if (this.#sinceMs !== null) this.#durationMs += performance.now() - this.#sinceMs;
    this.#sinceMs = null;
  }

  /** null: it never was. */
  total(): BlockedPublishers | null {
    if (this.#times === 0) return null;
    const sinceMs = this.#sinceMs === null ? 0 : performance.now() - this.#sinceMs;
    return { times: this.#times, durationMs: Math.round(this.#durationMs + sinceMs), reason: this.#reason };
  }
}
