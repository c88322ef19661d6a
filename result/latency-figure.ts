/** What a trial can say of a latency, and how surely: nothing of one that is not known as well as it is short. */
import { type InstrumentError, instrumentError } from './instrument-error.ts';
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

/**
 * How far a trial's `quantile` (0–1) of a latency may be off: what its canaries say, and how far the clocks of the hosts may be off
 * for a time between them; null: not known.
 */
export function figureError(
  { verdict, clock }: Pick<TrialResult, 'verdict' | 'clock'>,
  latency: LatencyName,
  quantile: number,
): InstrumentError | null {
  const error = instrumentError(verdict.figures?.canary, quantile);
  const clockUs = isBetweenHosts(latency) ? (clock?.boundUs ?? 0) : 0;
  if (clockUs === 0) return error;
  return error === null ? { us: clockUs, quantile: 0 } : { ...error, us: error.us + clockUs };
}

/** Whether the clocks of the hosts tell a time between them; of a load that one process made, and of what ends where it began, they do. */
export function isResolved(
  { clock }: Pick<TrialResult, 'clock'>,
  latency: LatencyName,
  summary: LatencySummary | undefined,
): boolean {
  if (clock === undefined || !isBetweenHosts(latency)) return true;
  const middleUs = summary?.p50 ?? null;
  return clock.boundUs !== null && (middleUs === null || middleUs >= leastTimes * clock.boundUs);
}

function isBetweenHosts(latency: LatencyName): boolean {
  return laterTimes.some((name) => name === latency);
}
