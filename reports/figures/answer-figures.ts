/** The primary figure of each target, with all that it takes to say how it compares with others. */
import { type GuaranteeClass, guaranteeIn } from '../../result/guarantee.ts';
import { figureError } from '../../result/latency-figure.ts';
import { percentileNames, quantileOf } from '../../result/latency-summary.ts';
import { ownValue } from '../../result/own-value.ts';
import type {
  Completion,
  LatencyName,
  PhaseName,
  PrimaryMetric,
  RunResult,
  TrialResult,
} from '../../result/result-types.ts';
import type { QuantileInterval } from '../../result/statistics/statistics-blocks.ts';
import { parseMetric } from '../../result/threshold-grammar.ts';
import type { Percentile } from '../text/format-values.ts';
import type { OrderedFigure } from './order-text.ts';
import { type Contender, conditionGroups, type Figure, figureOf, isNative, plannedTargets } from './result-view.ts';

export interface AnswerFigure extends Figure, OrderedFigure {
  readonly completion: Completion | null;
  /** null: not known. */
  readonly guarantee: GuaranteeClass | null;
  /** Why it takes no part in comparisons; null: it does. */
  readonly unranked: string | null;
}

export function latencyOf(metric: string): { latency: LatencyName; percentile: Percentile } {
  const parsed = parseMetric(metric);
  return parsed?.kind === 'latency'
    ? { latency: parsed.latency, percentile: parsed.figure }
    : { latency: 'offered', percentile: 'p99' };
}

/** In the scenario's order, those that take no part last: an order by value is only told where it is known. */
export function primaryFigures(result: RunResult, primary: PrimaryMetric): AnswerFigure[] {
  const group = conditionGroups(result).find(({ condition }) => condition === primary.condition);
  const measured = (group?.contenders ?? []).map((contender) => figureIn(contender, primary));
  const none = {
    ...{ us: null, lowUs: null, highUs: null, error: null, text: '–', completion: null, guarantee: null },
    ...{ values: [], resolutionUs: null, withinUs: null },
  };
  const missing = plannedTargets(result)
    .filter((target) => !group?.contenders.some((contender) => contender.target === target))
    .map((label): AnswerFigure => ({ ...none, label, unranked: whyMissing(result, label, primary.condition) }));
  const all = [...measured, ...missing];
  return [...all.filter(({ unranked }) => unranked === null), ...all.filter(({ unranked }) => unranked !== null)];
}

function figureIn(contender: Contender, primary: PrimaryMetric): AnswerFigure {
  const { latency, percentile } = latencyOf(primary.metric);
  const { counted, trials, label, status } = contender;
  const figure = figureOf(counted, primary.phase, primary.operation, latency, percentile);
  const completion = completionOf(contender, primary);
  const valueIn = (trial: TrialResult): number | null => {
    const { us, text } = figureOf([trial], primary.phase, primary.operation, latency, percentile);
    return us ?? (text.startsWith('not reached') ? Number.POSITIVE_INFINITY : null);
  };
  const repeats = Math.max(0, ...trials.map(({ repeat }) => repeat));
  const [only] = counted;
  const errors = counted.flatMap((trial) => errorOf(trial, latency, percentile) ?? []);
  return {
    ...figure,
    label,
    completion,
    guarantee: guaranteeIn(trials[0]?.semantics, completion),
    unranked: status === 'valid' ? (figure.text === '–' ? 'not measured' : null) : status,
    values: Array.from({ length: repeats }, (_, n) => {
      const trial = counted.find(({ repeat }) => repeat === n + 1);
      return trial === undefined ? null : valueIn(trial);
    }),
    resolutionUs: errors.length === 0 ? null : Math.max(...errors),
    withinUs: counted.length === 1 && only !== undefined ? withinOf(only, { ...primary, latency, percentile }) : null,
  };
}

function errorOf(trial: TrialResult, latency: LatencyName, percentile: Percentile): number | null {
  const name = percentileNames.find((one) => one === percentile);
  return name === undefined ? null : (figureError(trial, latency, quantileOf(name))?.us ?? null);
}

interface FigurePlace {
  readonly operation: string;
  readonly phase: PhaseName;
  readonly latency: LatencyName;
  readonly percentile: Percentile;
}

/** null: not known. */
export function withinOf({ phases }: TrialResult, place: FigurePlace): QuantileInterval | null {
  const { operation, phase, latency, percentile } = place;
  const within = ownValue(phases[phase]?.operations, operation)?.withinRunUs;
  const intervals: Readonly<Partial<Record<string, QuantileInterval>>> | undefined = (
    within as Readonly<Partial<Record<string, NonNullable<typeof within>['offered']>>> | undefined
  )?.[latency];
  return intervals?.[percentile] ?? null;
}

function completionOf({ counted }: Contender, { operation, phase }: PrimaryMetric): Completion | null {
  return ownValue(counted[0]?.phases[phase]?.operations, operation)?.completion ?? null;
}

function whyMissing(result: RunResult, target: string, condition: string): string {
  const engine = result.trials.find((trial) => trial.target === target && !isNative(trial))?.engine;
  if (engine !== undefined) return 'closed loop, see the cross-checks';
  const satOut = result.satOut?.find((one) => one.target === target && one.condition === condition);
  if (satOut !== undefined) return `sits out ${condition}: ${satOut.lacks}`;
  const elsewhere = result.trials.some((trial) => trial.target === target);
  return elsewhere ? `not measured under ${condition}` : 'not measured';
}
