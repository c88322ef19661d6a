/** Counts and percentiles over time, by intended start, in equal intervals few enough to draw and to keep. */
import { LatencyCounts, type LatencyCountsData } from '../../result/latency-counts.ts';
import { leastSamplesBeyond } from '../../result/latency-summary.ts';
import type { TimelinePoint } from '../../result/result-types.ts';
import { type Outcome, outcomes } from '../../targets/driver.ts';

const mostIntervals = 160;
const shortestIntervalMs = 250;

/** The shortest of 250, 500, 1000, 2000, … ms that needs no more than 160 intervals. */
export function timelineIntervalMs(totalMs: number): number {
  let intervalMs = shortestIntervalMs;
  while (totalMs / intervalMs > mostIntervals) intervalMs *= 2;
  return intervalMs;
}

interface Interval {
  offered: number;
  ok: number;
  failed: number;
  timedOut: number;
  readonly latencies: LatencyCounts;
}

export interface TimelineData {
  readonly intervals: readonly (Omit<Interval, 'latencies'> & { readonly latencies: LatencyCountsData })[];
}

export class Timeline {
  readonly #intervalUs: number;
  readonly #intervals: Interval[] = [];

  constructor(intervalMs: number) {
    this.#intervalUs = intervalMs * 1e3;
  }

  #at(offsetUs: number): Interval {
    const index = Math.max(0, Math.floor(offsetUs / this.#intervalUs));
    while (this.#intervals.length <= index) {
      this.#intervals.push({ offered: 0, ok: 0, failed: 0, timedOut: 0, latencies: new LatencyCounts() });
    }
    return this.#intervals[index] as Interval;
  }

  /** `offsetUs`: intended start, from the start of the load. Refused and dropped operations count as failed here. */
  record(offsetUs: number, outcome: Outcome, responseUs: number): void {
    const interval = this.#at(offsetUs);
    interval.offered++;
    if (outcome === outcomes.ok) {
      interval.ok++;
      interval.latencies.record(responseUs);
    } else if (outcome === outcomes.timedOut) interval.timedOut++;
    else interval.failed++;
  }

  add(data: TimelineData): void {
    data.intervals.forEach((from, index) => {
      const into = this.#at(index * this.#intervalUs);
      into.offered += from.offered;
      into.ok += from.ok;
      into.failed += from.failed;
      into.timedOut += from.timedOut;
      into.latencies.add(from.latencies);
    });
  }

  toData(): TimelineData {
    return { intervals: this.#intervals.map((interval) => ({ ...interval, latencies: interval.latencies.toData() })) };
  }

  /**
   * Percentiles here are over the ok ones of an interval and only drawn, never ranked. `skippedMs` of the planned
   * warm-up were left out at its end; its last interval may be shorter than the rest.
   */
  points(warmupMs: number, skippedMs = 0): TimelinePoint[] {
    const intervalMs = this.#intervalUs / 1e3;
    return this.#intervals.flatMap(({ latencies, ...counts }, index) => {
      const fromMs = index * intervalMs - warmupMs;
      const isWarmup = fromMs + intervalMs <= 0;
      if (isWarmup && fromMs + skippedMs >= 0) return [];
      const atMs = isWarmup ? fromMs + skippedMs : fromMs;
      const [p50Us, p90Us, p99Us] = [0.5, 0.9, 0.99].map((quantile) => known(latencies, quantile));
      return [{ atMs, ...counts, p50Us: p50Us ?? null, p90Us: p90Us ?? null, p99Us: p99Us ?? null }];
    });
  }
}

/** null where fewer than ten samples lie beyond: over a quarter of a second that is most p99. */
function known(latencies: LatencyCounts, quantile: number): number | null {
  const beyond = Math.round(latencies.count * (1 - quantile) * 1e6) / 1e6;
  return beyond < leastSamplesBeyond ? null : latencies.atQuantile(quantile);
}
