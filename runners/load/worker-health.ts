/** How a load worker itself fared while it measured: its event loop and its garbage collector. Nothing here is per operation. */
import { PerformanceObserver } from 'node:perf_hooks';

export interface WorkerHealthData {
  /** 0 when the load was cut short before the measured part. */
  readonly measuredMs: number;
  /** Share of the time (0–1) that the event loop was busy. */
  readonly eventLoopUtilisation: number;
  /** The longest time between two ticks, beyond what was asked for: as long, nothing else ran either. */
  readonly longestStallMs: number;
  readonly gcPausesMs: number;
  readonly longestGcPauseMs: number;
}

type State = 'before' | 'measuring' | 'after';

export class WorkerHealth {
  readonly #tickMs: number;
  #state: State = 'before';
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.POSITIVE_INFINITY;
  #lastTickMs: number | null = null;
  #longestStallMs = 0;
  #gcPausesMs = 0;
  #longestGcPauseMs = 0;
  #utilisationBefore = performance.eventLoopUtilization();
  #utilisation = 0;
  readonly #collector = new PerformanceObserver((list) => this.#addPauses(list.getEntries()));

  /** `tickMs`: how often `tick` is meant to be called. */
  constructor(tickMs: number) {
    this.#tickMs = tickMs;
    this.#collector.observe({ entryTypes: ['gc'] });
  }

  /** `state`: where the load stands now. */
  tick(state: State): void {
    const nowMs = performance.now();
    const stallMs = this.#lastTickMs === null ? 0 : nowMs - this.#lastTickMs - this.#tickMs;
    this.#lastTickMs = nowMs;
    if (this.#state === 'after') return;
    if (this.#state === 'before' && state !== 'before') {
      this.#state = 'measuring';
      this.#fromMs = nowMs;
      this.#utilisationBefore = performance.eventLoopUtilization();
    }
    // Also of a stall that began before the measured part and reached into it, or began in it and reached beyond.
    if (this.#state === 'measuring') this.#longestStallMs = Math.max(this.#longestStallMs, stallMs);
    if (state === 'after') this.#end(nowMs);
  }

  finish(): WorkerHealthData {
    if (this.#state === 'measuring') this.#end(performance.now());
    this.#addPauses(this.#collector.takeRecords());
    this.#collector.disconnect();
    return {
      measuredMs: this.#state === 'after' ? this.#toMs - this.#fromMs : 0,
      eventLoopUtilisation: this.#utilisation,
      longestStallMs: this.#longestStallMs,
      gcPausesMs: this.#gcPausesMs,
      longestGcPauseMs: this.#longestGcPauseMs,
    };
  }

  #end(nowMs: number): void {
    this.#state = 'after';
    this.#toMs = nowMs;
    this.#utilisation = performance.eventLoopUtilization(this.#utilisationBefore).utilization;
  }

  #addPauses(pauses: readonly { readonly startTime: number; readonly duration: number }[]): void {
    for (const { startTime, duration } of pauses) {
      if (startTime < this.#fromMs || startTime > this.#toMs) continue;
      this.#gcPausesMs += duration;
      this.#longestGcPauseMs = Math.max(this.#longestGcPauseMs, duration);
    }
  }
}
