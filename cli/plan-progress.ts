/** How far the whole plan is, by the events of a run. */
import type { RunEvent } from '../runners/run-events.ts';

export class PlanProgress {
  readonly #now: () => number;
  #trials = 0;
  #totalMs = 0;
  #doneMs = 0;
  #index = 0;
  #current: { readonly plannedMs: number; readonly startedAtMs: number } | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  follow(event: RunEvent): void {
    if (event.type === 'planned') {
      this.#trials = event.trials;
      this.#totalMs = event.totalMs;
      this.#doneMs = 0; // tuning plans twice: its survey, then the finals
    } else if (event.type === 'trialStarted') {
      this.#index = event.index;
      this.#current = { plannedMs: event.plannedMs, startedAtMs: this.#now() };
    } else if (event.type === 'trialFinished') {
      this.#doneMs += this.#current?.plannedMs ?? 0;
      this.#current = null;
    }
  }

  /** `3/10`, from one. */
  get counter(): string {
    return `${this.#index + 1}/${this.#trials}`;
  }

  /** A trial that takes longer than planned stands still rather than eating into the next ones. */
  get #passedMs(): number {
    if (this.#current === null) return this.#doneMs;
    const { plannedMs, startedAtMs } = this.#current;
    return this.#doneMs + Math.min(plannedMs, Math.max(0, this.#now() - startedAtMs));
  }

  /** 0–1 */
  get share(): number {
    return this.#totalMs === 0 ? 0 : Math.min(1, this.#passedMs / this.#totalMs);
  }

  get leftMs(): number {
    return Math.max(0, this.#totalMs - this.#passedMs);
  }
}
