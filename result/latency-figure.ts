/** What a trial can say of a latency: nothing of one that is not known as well as it is short. */
import { type PercentileName, percentileGap, percentileNames } from './latency-summary.ts';
import { laterTimes } from './patterns.ts';
import type { LatencyName, LatencySummary, TrialResult } from './result-types.ts';

export type LatencyFigure = 'min' | 'mean' | 'max' | PercentileName;

/** So many times the bound of the clocks a time between hosts must be, for the tenth part of it to be known. */
const leastTimes = 10;

/** µs. Infinite: it was not reached; null: nobody knows. */
export function latencyFigure(
  trial: Pick<TrialResult, 'clock'>,
  latency: LatencyName,
  summary: LatencySummary | undefined,
  figure: LatencyFigure,
): number | null {
  if (summary === undefined || summary.count === 0 || !isResolved(trial, latency, summary)) return null;
  const value = summary[figure] ?? null;
  if (value !== null) return value;
  const percentile = percentileNames.find((name) => name === figure);
  return percentile !== undefined && percentileGap(percentile, summary) === 'tooFew' ? null : Number.POSITIVE_INFINITY;
}

/** Whether the clocks of the hosts tell a time between them; of a load that one process made, and of what ends where it began, they do. */
export function isResolved(
  { clock }: Pick<TrialResult, 'clock'>,
  latency: LatencyName,
  summary: LatencySummary | undefined,
): boolean {
  if (clock === undefined || !laterTimes.some((name) => name === latency)) return true;
  const middleUs = summary?.p50 ?? null;
  return clock.boundUs !== null && (middleUs === null || middleUs >= leastTimes * clock.boundUs);
}
