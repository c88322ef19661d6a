/** Thresholds against the trials of a run: every matching trial must hold, the worst one is shown. */

import { errorRatioOf } from './error-ratio.ts';
import { knownSum } from './known-sum.ts';
import { type MetricPart, metricOfPart, metricOfTrial } from './metric-figure.ts';
import { ownValue } from './own-value.ts';
import {
  type CallerResult,
  isPhase,
  type PhaseName,
  type PhaseResult,
  phaseNames,
  type ThresholdResult,
  type TrialResult,
} from './result-types.ts';
import { isTrialMetric, type Metric, parseMetric, type Threshold } from './threshold-grammar.ts';

export { parseThreshold, type Threshold } from './threshold-grammar.ts';

/** null: nobody knows. Infinity: a latency that was not reached. */
type Sample = { readonly trial: string; readonly value: number | null };

const unmeasuredPhases: readonly PhaseName[] = ['warmup', 'drain'];

/**
 * One result for each threshold, in their order. `noData` when no trial matches, a matching one is invalid, has too few
 * samples, or can't know the figure — unless another one fails. A latency that was not reached, since too many
 * operations did not succeed, counts as infinite.
 */
export function evaluateThresholds(
  thresholds: readonly Threshold[],
  trials: readonly TrialResult[],
): ThresholdResult[] {
  return thresholds.map((threshold) => evaluate(threshold, trials));
}

function evaluate(threshold: Threshold, trials: readonly TrialResult[]): ThresholdResult {
  const { expression } = threshold;
  const ended = trials.find(({ stoppedByThreshold }) => stoppedByThreshold?.expression === expression);
  if (ended?.stoppedByThreshold !== undefined) {
    return { expression, actual: ended.stoppedByThreshold.actual, status: 'fail', trial: ended.id };
  }
  const samples = trials.flatMap((trial) => samplesOf(threshold, trial));
  const known = samples.filter((sample): sample is Sample & { value: number } => sample.value !== null);
  const failed = known.filter(({ value }) => !holdsThreshold(threshold, value));
  const worst = worstOf(threshold, failed.length > 0 ? failed : known);
  const unknown = samples.find(({ value }) => value === null);
  if (failed.length === 0 && (unknown !== undefined || worst === undefined)) {
    return { expression, actual: null, status: 'noData', ...(unknown && { trial: unknown.trial }) };
  }
  const actual = worst === undefined || !Number.isFinite(worst.value) ? null : worst.value;
  return { expression, actual, status: failed.length > 0 ? 'fail' : 'pass', ...(worst && { trial: worst.trial }) };
}

/** Whether a figure is as the threshold wants it. */
export function holdsThreshold({ operator, value: bound }: Threshold, value: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
  }
}

function worstOf<T extends { readonly value: number }>({ operator, value: bound }: Threshold, samples: readonly T[]) {
  const badness = (value: number) => {
    if (operator === '<' || operator === '<=') return value;
    if (operator === '>' || operator === '>=') return -value;
    const distance = Math.abs(value - bound);
    return operator === '==' ? distance : -distance;
  };
  return samples.reduce<T | undefined>(
    (worst, sample) => (worst === undefined || badness(sample.value) > badness(worst.value) ? sample : worst),
    undefined,
  );
}

/** The figures of one trial that the threshold speaks of; none when it does not match. */
function samplesOf(threshold: Threshold, trial: TrialResult): Sample[] {
  const metric = parseMetric(threshold.metric);
  if (metric === null) return [];
  if (threshold.target !== 'all' && threshold.target !== trial.target) return [];
  const conditions = threshold.within.filter((name) => !isPhase(name));
  if (conditions.length > 0 && !conditions.includes(trial.condition)) return [];
  const of = (value: number | null): Sample => ({
    trial: trial.id,
    value: trial.verdict.status === 'invalid' ? null : value,
  });
  if (isTrialMetric(metric)) return [of(metricOfTrial(metric, trial))];
  const caller = trial.callers?.find(({ name }) => name === threshold.operation);
  if (caller !== undefined) return [of(callerFigure(metric, caller))];
  const named = threshold.within.filter(isPhase);
  const phases = measuredPhases(named, trial);
  const parts = phases.flatMap((phase) => partOf(phase, threshold.operation));
  if (parts.length === 0) return trial.verdict.status === 'invalid' || isCrowdedOut(named, trial) ? [of(null)] : [];
  // Counts add up over the phases; anything else is looked at phase by phase.
  const figures = parts.map((part) => metricOfPart(metric, trial, part));
  return metric.kind === 'count' || metric.kind === 'fallback' ? [of(knownSum(figures))] : figures.map(of);
}

function measuredPhases(named: readonly PhaseName[], trial: TrialResult): PhaseResult[] {
  const wanted = named.length > 0 ? named : phaseNames.filter((name) => !unmeasuredPhases.includes(name));
  // A fault that begins at once leaves a `before` without any length, of which there is nothing to say.
  return wanted.flatMap((name) => {
    const phase = trial.phases[name];
    return phase === undefined || (phase.durationMs === 0 && phase.counts.offered === 0) ? [] : [phase];
  });
}

/** A phase that was asked for and planned, yet never came: `after`, say, where the part that was killed was not back in time. */
function isCrowdedOut(named: readonly PhaseName[], { phases }: TrialResult): boolean {
  return named.some((name) => name !== 'before' && phases[name] !== undefined);
}

function partOf(phase: PhaseResult, operation: string | undefined): MetricPart[] {
  if (operation === undefined) return [phase];
  const part = ownValue(phase.operations, operation);
  return part === undefined ? [] : [part];
}

/** Over all measured phases, whose those of a caller are. */
function callerFigure(metric: Metric, { counts }: CallerResult): number | null {
  if (metric.kind === 'count') return counts[metric.count];
  return metric.kind === 'errorRatio' ? errorRatioOf(counts) : null;
}
