/** What a metric of the grammar comes to, the same for thresholds and comparisons: null where nobody knows. */
import { amplificationOf } from './amplification.ts';
import { errorRatioOf } from './error-ratio.ts';
import { latencyFigure } from './latency-figure.ts';
import type { OperationResult, PhaseResult, TrialResult } from './result-types.ts';
import type { Metric } from './threshold-grammar.ts';
import { trialFigures } from './trial-figure.ts';

/** A phase, or an operation in it. */
export type MetricPart = Pick<OperationResult, 'counts' | 'latencyUs' | 'policies'> &
  Partial<Pick<PhaseResult, 'goodputPerSecond'>>;

/** Of a metric that is known for a trial as a whole. */
export function metricOfTrial(metric: Metric, trial: TrialResult): number | null {
  if (metric.kind === 'ledger') return trial.ledger[metric.entry] ?? null;
  if (metric.kind === 'flow') return flowFigure(metric.entry, trial);
  return metric.kind === 'trial' ? trialFigures[metric.figure](trial) : null;
}

function flowFigure(entry: Extract<Metric, { kind: 'flow' }>['entry'], { flows }: TrialResult): number | null {
  return (entry === 'settledLate' ? flows?.observed?.late : flows?.[entry]) ?? null;
}

/** Of any other metric; a latency that was not reached is infinite. */
export function metricOfPart(metric: Metric, trial: TrialResult, part: MetricPart): number | null {
  const { counts, latencyUs, goodputPerSecond, policies } = part;
  switch (metric.kind) {
    case 'goodput':
      return goodputPerSecond ?? null;
    case 'count':
      return counts[metric.count];
    case 'fallback':
      if (policies === undefined) return null;
      return metric.count === 'degraded' ? policies.fallbacks : (policies.unanswered ?? 0);
    case 'errorRatio':
      return errorRatioOf(counts);
    case 'degradedRatio':
      return counts.offered === 0 || policies === undefined ? null : policies.fallbacks / counts.offered;
    case 'amplification':
      return amplificationOf(counts, policies);
    case 'latency':
      return latencyFigure(trial, metric.latency, latencyUs[metric.latency], metric.figure);
    default:
      return null;
  }
}
