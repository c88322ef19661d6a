/** What is to be tuned for: `minimise p99`, `maximise goodput with p99 < 20ms and errorRatio < 1%`. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { figureError } from '../../result/latency-figure.ts';
import { percentileNames, quantileOf } from '../../result/latency-summary.ts';
import { ownValue } from '../../result/own-value.ts';
import type { TrialResult } from '../../result/result-types.ts';
import { parseMetric, parseThreshold, type Threshold } from '../../result/threshold-grammar.ts';
import { evaluateThresholds } from '../../result/thresholds.ts';
import { isTrialFigure, trialFigureUnits } from '../../result/trial-figure.ts';

export interface Objective {
  readonly text: string;
  readonly direction: 'minimise' | 'maximise';
  /** Any value passes it: only its figure is of interest. */
  readonly metric: Threshold;
  readonly conditions: readonly Threshold[];
}

/** Words for what reports call otherwise. */
const synonyms: Readonly<Record<string, string>> = {
  bytes: 'bytesPerOperation',
  cpu: 'cpuPerOperation',
  throughput: 'goodput',
};

/** What is dropped or refused costs next to nothing: a cost is only worth having where operations succeed. */
const costs: readonly string[] = ['bytesPerOperation', 'cpuPerOperation'];
const fewErrors = 'errorRatio < 1%';

/** Throws a BenchError (exit 2) that says what is wrong with it. */
export function parseObjective(text: string): Objective {
  const [, direction, metric = '', rest] =
    /^\s*(minimi[sz]e|maximi[sz]e)\s+(.+?)(?:\s+with\s+(.+))?\s*$/.exec(text) ?? [];
  if (direction === undefined) throw refused(text, 'it says neither minimise nor maximise');
  const read = (expression: string): Threshold => {
    const reading = parseThreshold(`all ${expression}`);
    if (!reading.ok) throw refused(text, reading.message);
    return { ...reading.threshold, expression };
  };
  const name = ownValue(synonyms, metric) ?? metric;
  const isMinimised = direction.startsWith('min');
  const written = (rest?.split(/\s+and\s+/) ?? []).map(read);
  const isImplied = costs.includes(name) && !written.some((condition) => condition.metric === 'errorRatio');
  return {
    text: isImplied ? `${text.trim()} ${rest === undefined ? 'with' : 'and'} ${fewErrors}` : text.trim(),
    direction: isMinimised ? 'minimise' : 'maximise',
    metric: read(`${name} ${anyValue(name, isMinimised)}`),
    conditions: isImplied ? [...written, read(fewErrors)] : written,
  };
}

/**
 * A bound that every value keeps, in the metric's unit. Of several phases a threshold takes the worst for its operator: the
 * highest of what is to be low, the lowest of what is to be high.
 */
function anyValue(metric: string, isMinimised: boolean): string {
  const [least, most] = boundsOf(metric);
  return isMinimised ? `<= ${most}` : `>= ${least}`;
}

function boundsOf(metric: string): readonly [string, string] {
  const unit = isTrialFigure(metric) ? trialFigureUnits[metric] : null;
  if (metric === 'goodput' || unit === 'rate') return ['0/s', '1000000000/s'];
  if (unit === 'size') return ['0B', '1024MiB'];
  if (metric === 'errorRatio' || unit === 'percentage') return ['0%', '100%'];
  const isTime = unit === 'duration' || /(^|\s)(p\d+(\.9)?|mean|min|max)$/.test(metric);
  return isTime ? ['0ms', '24h'] : ['0', '1000000000'];
}

function refused(text: string, why: string): BenchError {
  return new BenchError('objective', `The objective "${text}" cannot be read: ${why}`, {
    hint: 'Write, for example, --objective "minimise p99" or "maximise goodput with p99 < 20ms".',
    exitCode: exitCodes.usage,
  });
}

/** null: not known; infinite: a latency that was not reached. */
export function objectiveValue({ metric }: Objective, trial: TrialResult): number | null {
  const [found] = evaluateThresholds([metric], [trial]);
  // Every value keeps the bound: only what is infinite fails.
  return found?.status === 'fail' ? Number.POSITIVE_INFINITY : (found?.actual ?? null);
}

/** null: not known. An invalid trial says nothing about a condition, so it is none that was missed. */
export function isWithin({ conditions }: Objective, trial: TrialResult): boolean | null {
  if (trial.verdict.status === 'invalid') return null;
  const found = evaluateThresholds(conditions, [trial]).map(({ status }) => status);
  if (found.includes('fail')) return false;
  return found.includes('noData') ? null : true;
}

/** The instrument's own error, in the unit of the objective; null: not known, or none of a time. */
export function resolutionOf({ metric }: Objective, trial: TrialResult): number | null {
  const parsed = parseMetric(metric.metric);
  if (parsed?.kind !== 'latency') return null;
  const percentile = percentileNames.find((name) => name === parsed.figure);
  return percentile === undefined ? null : (figureError(trial, parsed.latency, quantileOf(percentile))?.us ?? null);
}
