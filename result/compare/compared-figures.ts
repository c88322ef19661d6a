/** The figures that two results have in common, trial by trial. */
import { figureError } from '../latency-figure.ts';
import { percentileNames, quantileOf } from '../latency-summary.ts';
import { metricOfPart, metricOfTrial } from '../metric-figure.ts';
import { ownValue } from '../own-value.ts';
import { laterTimes } from '../patterns.ts';
import { type PhaseName, type PrimaryMetric, phaseNames, type TrialResult } from '../result-types.ts';
import { isTrialMetric, type Metric, parseMetric } from '../threshold-grammar.ts';
import { type TrialFigure, trialFigureUnits } from '../trial-figure.ts';
import type { ComparisonRow } from './comparison-result.ts';

/** One figure of a target under a condition. */
export interface FigurePlace {
  readonly phase: PhaseName | 'whole trial';
  /** null: all together. */
  readonly operation: string | null;
  readonly metric: string;
  readonly isPrimary: boolean;
}

const measured = phaseNames.filter((name) => name !== 'warmup' && name !== 'drain');

/**
 * Of all these trials, which are of one target, condition and variant. `metrics`: what is asked for; none: the middle and
 * the highest percentile up to p99 that all of them have, and goodput where the load is as fast as the system.
 */
export function figurePlaces(
  trials: readonly TrialResult[],
  primary: PrimaryMetric | undefined,
  metrics: readonly string[],
): FigurePlace[] {
  const [first] = trials;
  if (first === undefined) return [];
  const trialMetrics = metrics.filter((metric) => isTrialMetric(metricOf(metric)));
  const others = metrics.filter((metric) => !trialMetrics.includes(metric));
  const found: FigurePlace[] = trialMetrics.map((metric) => {
    return { phase: 'whole trial', operation: null, metric, isPrimary: false };
  });
  for (const phase of measured) {
    if (!trials.every((trial) => (trial.phases[phase]?.counts.offered ?? 0) > 0)) continue;
    const whole = metrics.length === 0 && first.model === 'closed' ? ['goodput'] : others.filter(isOfWholePhase);
    for (const metric of whole) found.push({ phase, operation: null, metric, isPrimary: false });
    for (const operation of Object.keys(first.phases[phase]?.operations ?? {})) {
      if (!trials.every((trial) => ownValue(trial.phases[phase]?.operations, operation) !== undefined)) continue;
      const isPrimaryPlace =
        primary?.operation === operation && primary.condition === first.condition && primary.phase === phase;
      const wanted = new Set([
        ...(isPrimaryPlace ? [primary.metric] : []),
        ...(metrics.length > 0 ? others.filter((metric) => !isOfWholePhase(metric)) : usual(trials, phase, operation)),
      ]);
      for (const metric of wanted) {
        found.push({ phase, operation, metric, isPrimary: isPrimaryPlace && metric === primary.metric });
      }
    }
  }
  return found;
}

function isOfWholePhase(metric: string): boolean {
  return metric === 'goodput';
}

function usual(trials: readonly TrialResult[], phase: PhaseName, operation: string): string[] {
  const isKnown = (metric: string) =>
    trials.every((trial) => figureOf(trial, { phase, operation, metric, isPrimary: false }) !== null);
  return ['p50', ['p99', 'p90'].find(isKnown) ?? 'p50'].filter((metric, n, all) => all.indexOf(metric) === n);
}

function metricOf(text: string): Metric {
  const metric = parseMetric(text);
  if (metric === null) throw new RangeError(`"${text}" is no metric`);
  return metric;
}

/** Infinite: a latency that was not reached; null: nobody knows. */
export function figureOf(trial: TrialResult, { phase, operation, metric: text }: FigurePlace): number | null {
  const metric = metricOf(text);
  if (isTrialMetric(metric)) return metricOfTrial(metric, trial);
  const whole = phase === 'whole trial' ? undefined : trial.phases[phase];
  const part = operation === null || isOfWholePhase(text) ? whole : ownValue(whole?.operations, operation);
  return part === undefined ? null : metricOfPart(metric, trial, part);
}

/** 95 % within the run, µs; null: not known, or no latency that has one. */
export function withinRunOf(trial: TrialResult, place: FigurePlace): readonly [number, number | null] | null {
  const metric = metricOf(place.metric);
  if (metric.kind !== 'latency' || place.phase === 'whole trial' || place.operation === null) return null;
  const percentile = percentileNames.find((name) => name === metric.figure);
  const time = (['offered', ...laterTimes] as const).find((name) => name === metric.latency);
  if (percentile === undefined || time === undefined) return null;
  const operation = ownValue(trial.phases[place.phase]?.operations, place.operation);
  return operation?.withinRunUs?.[time]?.[percentile] ?? null;
}

/** The instrument's own error at the figure's place, µs; null: not known, or no percentile. */
export function errorOf(trial: TrialResult, { metric: text }: FigurePlace): number | null {
  const metric = metricOf(text);
  if (metric.kind !== 'latency') return null;
  const percentile = percentileNames.find((name) => name === metric.figure);
  return figureError(trial, metric.latency, percentile === undefined ? 0.5 : quantileOf(percentile))?.us ?? null;
}

export function unitOf(text: string): ComparisonRow['unit'] {
  const metric = metricOf(text);
  const unit = metric.kind === 'trial' ? trialFigureUnits[metric.figure] : null;
  if (metric.kind === 'latency' || unit === 'duration') return 'us';
  if (metric.kind === 'goodput' || unit === 'rate') return 'perSecond';
  return unit === 'size' ? 'bytes' : 'number';
}

/** What a system is to have more of; of anything else less. */
const betterWhenHigher: ReadonlySet<string> = new Set([
  ...['goodput', 'ok', 'received', 'applied', 'completed'],
  ...(['drainRate', 'goodApplied', 'replayed', 'hitRatio', 'revalidations'] satisfies readonly TrialFigure[]),
]);

export function isHigherBetter(metric: string): boolean {
  return betterWhenHigher.has(metric);
}
