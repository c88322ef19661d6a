/** What is to be tuned for: `minimise p99`, `maximise goodput with p99 < 20ms and errorRatio < 1%`. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { TrialResult } from '../../result/result-types.ts';
import { parseThreshold, type Threshold } from '../../result/threshold-grammar.ts';
import { evaluateThresholds } from '../../result/thresholds.ts';

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
  return {
    text: text.trim(),
    direction: direction.startsWith('min') ? 'minimise' : 'maximise',
    metric: read(`${synonyms[metric] ?? metric} ${anyValue(synonyms[metric] ?? metric)}`),
    conditions: (rest?.split(/\s+and\s+/) ?? []).map(read),
  };
}

/** The value's unit has to fit the metric. */
function anyValue(metric: string): string {
  if (metric === 'goodput') return '>= 0/s';
  if (metric === 'bytesPerOperation') return '>= 0B';
  if (metric === 'cpuPerOperation') return '>= 0ms';
  return /(^|\s)(p\d+(\.9)?|mean|min|max)$/.test(metric) ? '>= 0ms' : '>= 0';
}

function refused(text: string, why: string): BenchError {
  return new BenchError('objective', `The objective "${text}" cannot be read: ${why}`, {
    hint: 'Write, for example, --objective "minimise p99" or "maximise goodput with p99 < 20ms".',
    exitCode: exitCodes.usage,
  });
}

/** null: not known, or not reached. */
export function objectiveValue({ metric }: Objective, trial: TrialResult): number | null {
  return evaluateThresholds([metric], [trial])[0]?.actual ?? null;
}

export function isWithin({ conditions }: Objective, trial: TrialResult): boolean {
  return evaluateThresholds(conditions, [trial]).every(({ status }) => status === 'pass');
}
