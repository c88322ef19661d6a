/** What the canaries of a load worker tell, and what those of all workers together say of the trial. Times in µs. */
import { LatencyCounts, type LatencyCountsData } from '../../result/latency-counts.ts';
import { leastSamplesBeyond } from '../../result/latency-summary.ts';
import type { CanaryFigures } from '../../result/result-types.ts';

export interface CanaryData {
  /** Send lag + the way from the answer to its record. */
  readonly delays: LatencyCountsData;
  /** The shortest way from an answer to its record; null: none came back. */
  readonly shortestReadUs: number | null;
}

export class CanaryAccount {
  readonly #delays = new LatencyCounts();
  #shortestReadUs = Number.POSITIVE_INFINITY;

  /**
   * `sentUs`: by the echo, just before the answer went to the kernel; `recordedUs`: by the load worker. Those of the
   * warm-up are not measured and tell only how fast it can be.
   */
  record(dueUs: number, takenUpUs: number, sentUs: number, recordedUs: number, isMeasured = true): void {
    const readUs = Math.max(0, recordedUs - sentUs);
    this.#shortestReadUs = Math.min(this.#shortestReadUs, readUs);
    if (!isMeasured) return;
    this.#delays.record(Math.max(0, takenUpUs - dueUs) + readUs);
  }

  toData(): CanaryData {
    const shortestReadUs = Number.isFinite(this.#shortestReadUs) ? this.#shortestReadUs : null;
    return { delays: this.#delays.toData(), shortestReadUs };
  }
}

/** Of all load workers; null: no canary came back. */
export function canaryFigures(all: readonly CanaryData[]): CanaryFigures | null {
  const delays = new LatencyCounts();
  for (const data of all) delays.add(data.delays);
  const floorUs = Math.min(...all.map(({ shortestReadUs }) => shortestReadUs ?? Number.POSITIVE_INFINITY));
  const { count } = delays;
  if (count === 0) return null;
  // The floor is one number for all of them, so that a percentile of the errors is one of the delays less it.
  const error = (quantile: number) => {
    const us = count * (1 - quantile) < leastSamplesBeyond - 1e-9 ? null : delays.atQuantile(quantile);
    return us === null ? null : Math.max(0, Math.round((us - floorUs) * 10) / 10);
  };
  return {
    count,
    floorUs: Math.round(floorUs * 10) / 10,
    p50Us: error(0.5),
    p90Us: error(0.9),
    p99Us: error(0.99),
  };
}
