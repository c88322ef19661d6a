/** A percentile over the repeats of one place, with what is sure of it. */
import { figureError, latencyFigure } from '../latency-figure.ts';
import { leastSamplesBeyond, type PercentileName, quantileOf } from '../latency-summary.ts';
import { ownValue } from '../own-value.ts';
import type { LatencyName, PhaseName, TrialResult } from '../result-types.ts';
import { geometricInterval, meanOf, tReachedBy, varianceOf } from '../statistics/statistics.ts';
import { factorBeyondDoubt, leastRepeats } from '../statistics/statistics-order.ts';

export interface TimePlace {
  readonly operation: string;
  readonly phase: PhaseName;
  readonly latency: LatencyName;
  readonly percentile: PercentileName;
}

export interface TimeEstimate {
  /** By trial: infinite: not reached; null: too few operations. */
  readonly values: readonly (number | null)[];
  /** Geometric mean; infinite: never reached; null: nothing is known. */
  readonly us: number | null;
  /** 95 %, the instrument's own error added to either side; null: not known. `highUs` infinite: not reached in some. */
  readonly lowUs: number | null;
  readonly highUs: number | null;
  /** Standard deviation of the logarithms over repeats; null: fewer than three. */
  readonly scatter: number | null;
  /** The instrument's own error; 0: not known. */
  readonly errorUs: number;
}

/**
 * Three repeats or more: Student's t of their logarithms. Fewer: what is sure within each run, a factor of 1.5 further out,
 * for what the next run does differently is not in it.
 */
export function estimateTime(trials: readonly TrialResult[], place: TimePlace): TimeEstimate {
  const values = trials.map((trial) => valueIn(trial, place));
  const known = values.filter((value) => value !== null);
  const errorUs = Math.max(0, ...trials.map((trial) => errorIn(trial, place)));
  const finite = known.filter(Number.isFinite).filter((value) => value > 0);
  const logs = finite.map(Math.log);
  const us = known.length === 0 ? null : finite.length === 0 ? Number.POSITIVE_INFINITY : Math.exp(meanOf(logs));
  const bare = { values, us, errorUs, lowUs: null, highUs: null, scatter: null };
  if (us === null || us === Number.POSITIVE_INFINITY) return bare;
  if (finite.length < known.length) return { ...bare, lowUs: Math.min(...finite), highUs: Number.POSITIVE_INFINITY };
  const isFew = finite.length < leastRepeats;
  const interval = isFew ? withinRuns(trials, place) : geometricInterval(logs);
  if (interval === null) return bare;
  const [low, high] = interval;
  return {
    ...bare,
    lowUs: Math.max(0, low - errorUs),
    highUs: high + errorUs,
    scatter: isFew ? null : Math.sqrt(varianceOf(logs)),
  };
}

function valueIn(trial: TrialResult, { operation, phase, latency, percentile }: TimePlace): number | null {
  const summary = ownValue(trial.phases[phase]?.operations, operation)?.latencyUs[latency];
  return latencyFigure(trial, latency, summary, percentile);
}

function errorIn(trial: TrialResult, { latency, percentile }: TimePlace): number {
  return figureError(trial, latency, quantileOf(percentile))?.us ?? 0;
}

/** null: one of them has no interval. */
function withinRuns(trials: readonly TrialResult[], place: TimePlace): readonly [number, number] | null {
  const intervals = trials.map((trial) => {
    const within = ownValue(trial.phases[place.phase]?.operations, place.operation)?.withinRunUs;
    return within === undefined ? undefined : ofLatency(within, place);
  });
  const known = intervals.filter((one) => one !== undefined);
  if (known.length < trials.length || known.length === 0) return null;
  const high = Math.max(...known.map(([, end]) => end ?? Number.POSITIVE_INFINITY));
  return [Math.min(...known.map(([start]) => start)) / factorBeyondDoubt, high * factorBeyondDoubt];
}

type Within = Readonly<
  Partial<Record<string, Readonly<Partial<Record<PercentileName, readonly [number, number | null]>>>>>
>;

function ofLatency(within: Within, { latency, percentile }: TimePlace): readonly [number, number | null] | undefined {
  return within[latency]?.[percentile];
}

const mostRepeats = 100;

/** So many repeats would set a mean apart from a limit, were they to scatter as these did; null: more than a hundred, or never. */
export function repeatsNeeded({ us, scatter, errorUs }: TimeEstimate, limitUs: number): number | null {
  if (us === null || !Number.isFinite(us)) return null;
  if (scatter === null) return leastRepeats;
  if (Math.abs(us - limitUs) <= errorUs) return null;
  const distance = Math.abs(Math.log(limitUs / us));
  for (let repeats = leastRepeats; repeats <= mostRepeats; repeats++) {
    if ((tReachedBy(0.05, repeats - 1) * scatter) / Math.sqrt(repeats) < distance) return repeats;
  }
  return null;
}

/** Operations that a trial must have for the percentile. */
export function operationsNeeded(percentile: PercentileName): number {
  return Math.round(leastSamplesBeyond / (1 - quantileOf(percentile)));
}
