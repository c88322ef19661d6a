/** From counted latencies to the figures of a result: which percentiles exist, and which can't be stated. */
import type { LatencyCounts } from './latency-counts.ts';
import type { LatencySummary } from './result-types.ts';

const quantiles = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const;
export type PercentileName = keyof typeof quantiles;
export const percentileNames = Object.keys(quantiles) as PercentileName[];

/** A percentile with fewer samples beyond it says more about luck than about the system. */
export const leastSamplesBeyond = 10;

type Counted = Pick<LatencySummary, 'count' | 'each'>;

export function quantileOf(name: PercentileName): number {
  return quantiles[name];
}

/** Why a summary has no such percentile. */
export function percentileGap(name: PercentileName, { count, each = 1 }: Counted): 'tooFew' | 'notReached' {
  return isTooFew(quantiles[name], count / each) ? 'tooFew' : 'notReached';
}

export function isTooFew(quantile: number, total: number): boolean {
  return Math.round(total * (1 - quantile) * 1e6) / 1e6 < leastSamplesBeyond;
}

/**
 * Percentiles over `total` operations of which only those counted completed; `count` in the summary is the total. The
 * rest count as infinitely late: a percentile among them is null, as are mean and maximum. `each`: samples of one operation,
 * as many as receive it.
 */
export function summariseLatency(
  counts: LatencyCounts | undefined,
  total: number = counts?.count ?? 0,
  each = 1,
): LatencySummary {
  if (total === 0) return { count: 0 };
  const complete = counts !== undefined && counts.count >= total;
  const percentile = (quantile: number) =>
    isTooFew(quantile, total / each) ? null : (counts?.atQuantile(quantile, total) ?? null);
  return {
    count: total,
    ...(each > 1 && { each }),
    min: counts?.minUs ?? null,
    mean: complete && counts.meanUs !== null ? Math.round(counts.meanUs * 10) / 10 : null,
    p50: percentile(quantiles.p50),
    p90: percentile(quantiles.p90),
    p99: percentile(quantiles.p99),
    p999: percentile(quantiles.p999),
    max: complete ? counts.maxUs : null,
  };
}
