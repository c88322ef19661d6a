/** How long a client waits before it connects anew, try after try. */
import type { ReconnectPolicy } from '../../scenarios/scenario.ts';

const usualReconnect: ReconnectPolicy = { baseMs: 50, capMs: 1_000, jitter: 'none' };

export class ReconnectWaits {
  readonly #policy: ReconnectPolicy;
  #lastMs = 0;

  constructor(policy: ReconnectPolicy = usualReconnect) {
    this.#policy = policy;
  }

  /** Twice the last one up to the cap; with full jitter a random part of it, so that clients do not come in step. */
  next(): number {
    const { baseMs, capMs, jitter } = this.#policy;
    this.#lastMs = this.#lastMs === 0 ? Math.min(baseMs, capMs) : Math.min(capMs, this.#lastMs * 2);
    return jitter === 'full' ? Math.random() * this.#lastMs : this.#lastMs;
  }

  /** A connection works: the next loss begins anew. */
  reset(): void {
    this.#lastMs = 0;
  }
}
