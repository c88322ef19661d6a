/** What all reports show, taken from the result once: which trials are compared, in which groups, and what they answer. */
import type {
  LatencyName,
  OperationResult,
  PhaseName,
  PhaseResult,
  RunResult,
  TrialResult,
} from '../result/result-types.ts';
import { formatCount, formatPercentile, formatUs, type Percentile } from './format-values.ts';

export const nativeEngine = 'native';

/** Phases in which figures count, in the order of time. */
export function measuredPhases(trial: TrialResult): PhaseName[] {
  return (['steady', 'before', 'during', 'after'] as const).filter((name) => trial.phases[name] !== undefined);
}

export function isNative(trial: TrialResult): boolean {
  return trial.engine === nativeEngine;
}

export interface ConditionGroup {
  readonly condition: string;
  readonly phases: readonly PhaseName[];
  /** Native engine only, in the order of the plan's targets, repeats beside each other. */
  readonly trials: readonly TrialResult[];
}

export function conditionGroups(result: RunResult): ConditionGroup[] {
  const targets = [...new Set(result.trials.map(({ target }) => target))];
  const names = Object.keys(result.plan.conditions);
  const order = orderOfTargets(result, targets);
  return names.flatMap((condition) => {
    const trials = result.trials
      .filter((trial) => trial.condition === condition && isNative(trial))
      .sort((a, b) => order.indexOf(a.target) - order.indexOf(b.target) || a.repeat - b.repeat);
    const [first] = trials;
    return first === undefined ? [] : [{ condition, phases: measuredPhases(first), trials }];
  });
}

function orderOfTargets(result: RunResult, targets: readonly string[]): string[] {
  const planned = (result.plan as { targets?: Record<string, unknown> }).targets;
  return [...Object.keys(planned ?? {}), ...targets];
}

export function engineTrials(result: RunResult): TrialResult[] {
  return result.trials.filter((trial) => !isNative(trial));
}

/** Operations of a group, one-way ones first: hand-over is what all five do alike. */
export function operationsOf(group: ConditionGroup): { name: string; operation: OperationResult }[] {
  const phase = group.trials[0]?.phases[group.phases[0] ?? 'steady'];
  const all = Object.entries(phase?.operations ?? {}).map(([name, operation]) => ({ name, operation }));
  return [
    ...all.filter(({ operation }) => operation.pattern === 'one-way'),
    ...all.filter(({ operation }) => operation.pattern !== 'one-way'),
  ];
}

/** All of a trial's measured phases together. */
export function totalCounts(trial: TrialResult): PhaseResult['counts'] {
  const sum = { offered: 0, ok: 0, rejected: 0, failed: 0, timedOut: 0, dropped: 0, attempts: 0 };
  for (const name of measuredPhases(trial)) {
    const counts = trial.phases[name]?.counts;
    if (counts === undefined) continue;
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += counts[key];
  }
  return sum;
}

export function label(group: ConditionGroup, trial: TrialResult): string {
  const repeats = group.trials.some((other) => other.target === trial.target && other.repeat !== trial.repeat);
  return repeats ? `${trial.target} #${trial.repeat}` : trial.target;
}

export interface Answer {
  /** Whole sentences; the first is the answer proper. */
  readonly sentences: readonly string[];
}

/** From the primary figure if there is one, else from the whole. Stays true when trials are missing, suspect or failed. */
export function answer(result: RunResult): Answer {
  const sentences = [primarySentence(result), ledgerSentence(result), verdictSentence(result)];
  if (result.status !== 'complete') {
    const { trialsPlanned } = result.run;
    sentences.unshift(`The run is ${result.status}: ${result.trials.length} of ${trialsPlanned} trials are here.`);
  }
  return { sentences: sentences.filter((sentence) => sentence !== null) };
}

function primarySentence(result: RunResult): string | null {
  const { primary } = result.plan;
  if (primary === undefined) return null;
  const [latency = 'offered', percentile = 'p99'] = primary.metric.includes(' ')
    ? primary.metric.split(' ')
    : ['offered', primary.metric];
  const group = conditionGroups(result).find(({ condition }) => condition === primary.condition);
  const what = `${primary.metric} of ${primary.operation} under ${primary.condition} (${primary.phase})`;
  if (group === undefined) return `${what}: not measured.`;
  const byTarget = new Map<string, TrialResult[]>();
  for (const trial of group.trials) byTarget.set(trial.target, [...(byTarget.get(trial.target) ?? []), trial]);
  const figures = [...byTarget].map(([target, trials]) => {
    const { text, us, ranked } = primaryFigure(
      trials,
      primary.operation,
      primary.phase,
      latency as LatencyName,
      percentile as Percentile,
    );
    return { text: `${target} ${text}${ranked ? '' : ' (not ranked)'}`, us: ranked ? us : Number.POSITIVE_INFINITY };
  });
  figures.sort((a, b) => a.us - b.us);
  return `${what}: ${figures.map(({ text }) => text).join(', ')}.`;
}

/** One trial: its figure. Repeats: the middle one of the valid trials, with the range; percentiles are never averaged. */
function primaryFigure(
  trials: readonly TrialResult[],
  operation: string,
  phase: PhaseName,
  latency: LatencyName,
  percentile: Percentile,
) {
  const valid = trials.filter(({ verdict }) => verdict.status === 'valid');
  const used = valid.length > 0 ? valid : trials;
  const found = used.map((trial) => trial.phases[phase]?.operations[operation]);
  const values = found.map((one) => one?.latencyUs[latency][percentile] ?? null);
  const known = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  const ranked = valid.length > 0;
  if (known.length < values.length || known.length === 0) {
    const first = found.find((one) => (one?.latencyUs[latency][percentile] ?? null) === null);
    return {
      text: formatPercentile(first?.latencyUs[latency], percentile, first?.counts),
      us: Number.POSITIVE_INFINITY,
      ranked,
    };
  }
  const middle = known[Math.floor((known.length - 1) / 2)] as number;
  const range =
    known.length > 1
      ? ` (${formatUs(known[0] as number)}–${formatUs(known.at(-1) as number)} in ${known.length} repeats)`
      : '';
  return { text: `${formatUs(middle)}${range}`, us: middle, ranked };
}

function ledgerSentence(result: RunResult): string | null {
  const known = result.trials.filter(({ ledger }) => ledger.lost !== null && ledger.acknowledged !== null);
  if (known.length === 0)
    return result.trials.length === 0 ? null : 'Nobody kept a ledger, so nothing is known of lost operations.';
  const sum = (of: (trial: TrialResult) => number | null) =>
    known.reduce((total, trial) => total + (of(trial) ?? 0), 0);
  const lost = sum(({ ledger }) => ledger.lost);
  const twice = sum(({ ledger }) => ledger.duplicatesApplied);
  const more = [
    ...(twice > 0 ? [`applied twice: ${formatCount(twice)}`] : []),
    ...(sum(({ ledger }) => ledger.reordered) > 0
      ? [`reordered: ${formatCount(sum(({ ledger }) => ledger.reordered))}`]
      : []),
    ...(sum(({ ledger }) => ledger.corrupted) > 0
      ? [`corrupted: ${formatCount(sum(({ ledger }) => ledger.corrupted))}`]
      : []),
  ];
  return `${[`lost: ${formatCount(lost)} of ${formatCount(sum(({ ledger }) => ledger.acknowledged))} acknowledged`, ...more].join(', ')}.`;
}

function verdictSentence(result: RunResult): string | null {
  const { trials } = result;
  if (trials.length === 0) return null;
  const count = (status: string) => trials.filter(({ verdict }) => verdict.status === status).length;
  const rest = (['suspect', 'invalid'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  const noise = result.plan.repeats > 1 ? '' : ' One repeat: it says nothing about noise.';
  return `${count('valid')} of ${trials.length} trials valid${rest.length > 0 ? `, ${rest.join(', ')}` : ''}.${noise}`;
}
