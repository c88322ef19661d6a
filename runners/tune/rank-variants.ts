/** From trials to candidates: ranked by the objective, with the front of those that nothing else beats altogether. */
import { cpuUsPerOperation } from '../../result/cpu-per-operation.ts';
import type { PhaseName, TrialResult, TuningCandidate, TuningResult } from '../../result/result-types.ts';
import { pairedRatio } from '../../result/statistics.ts';
import { isWithin, type Objective, objectiveValue } from './objective.ts';

/** One trial a variant. Best first: within the conditions before beyond them, known before unknown. */
export function rankVariants(
  trials: readonly TrialResult[],
  objective: Objective,
  percentile = highestPercentile(trials),
): TuningCandidate[] {
  const measured = trials.map((trial) => ({
    ...figuresOf(trial, percentile),
    ...judged(trial, objective),
  }));
  const rivals = measured.filter(({ verdict }) => verdict !== 'invalid');
  const isOnFront = (one: (typeof measured)[number]) =>
    rivals.includes(one) && !rivals.some((other) => beats(other, one));
  const candidates = measured.map((one) => ({ ...one, isOnFront: isOnFront(one) }));
  return candidates.sort(
    (a, b) => Number(b.isWithin) - Number(a.isWithin) || compareValues(a.value, b.value, objective),
  );
}

function judged(trial: TrialResult, objective: Objective) {
  const { status } = trial.verdict;
  const value = objectiveValue(objective, trial);
  return { verdict: status, value: Number.isFinite(value) ? value : null, isWithin: isWithin(objective, trial) };
}

/** A coin falls the same way so often once in 32 times: fewer would be no evidence. */
const leastAhead = 5;

const measuredPhases = ['steady', 'before', 'during', 'after'] as const satisfies readonly PhaseName[];

/** Of those that every variant has, so that one figure stands beside another. */
export function highestPercentile(trials: readonly TrialResult[]): TuningResult['percentile'] {
  const names = ['p99', 'p90', 'p50'] as const;
  return names.find((name) => trials.every((trial) => decisivePhase(trial)?.latencyUs.offered[name] != null)) ?? 'p50';
}

function decisivePhase({ phases }: TrialResult) {
  return phases.during ?? phases.steady;
}

function figuresOf(trial: TrialResult, percentile: TuningResult['percentile']) {
  const { variant, phases, cpu, wire } = trial;
  const parts = measuredPhases.flatMap((name) => phases[name] ?? []);
  const durationMs = parts.reduce((sum, part) => sum + part.durationMs, 0);
  const ok = parts.reduce((sum, { goodputPerSecond, durationMs: ms }) => sum + (goodputPerSecond * ms) / 1e3, 0);
  return {
    variant,
    latencyUs: decisivePhase(trial)?.latencyUs.offered[percentile] ?? null,
    goodputPerSecond: durationMs === 0 ? null : (ok * 1e3) / durationMs,
    cpuUsPerOperation: cpuUsPerOperation(cpu),
    bytesPerOperation: wire.bytesPerOperation,
  };
}

type Figures = Pick<TuningCandidate, 'latencyUs' | 'cpuUsPerOperation' | 'bytesPerOperation'>;

/** In latency, CPU and bytes: as good in all, better in one. */
function beats(a: Figures, b: Figures): boolean {
  const pairs = (['latencyUs', 'cpuUsPerOperation', 'bytesPerOperation'] as const).map(
    (key) => [a[key] ?? Number.POSITIVE_INFINITY, b[key] ?? Number.POSITIVE_INFINITY] as const,
  );
  return pairs.every(([x, y]) => x <= y) && pairs.some(([x, y]) => x < y);
}

function compareValues(a: number | null, b: number | null, { direction }: Objective): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return direction === 'minimise' ? a - b : b - a;
}

/** Each finalist beside the target as written, repeat by repeat; best first. */
export function compareFinalists(trials: readonly TrialResult[], objective: Objective): TuningResult['finalists'] {
  const byVariant = Map.groupBy(trials, ({ variant }) => JSON.stringify(variant));
  const valuesOf = (of: readonly TrialResult[]) =>
    [...of].sort((a, b) => a.repeat - b.repeat).map((trial) => objectiveValue(objective, trial));
  const usual = valuesOf(byVariant.get('{}') ?? []);
  const finalists = [...byVariant].filter(([key]) => key !== '{}');
  const compared = finalists.flatMap(([, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const values = valuesOf(own);
    const against = pairedRatio(usual, values, finalists.length);
    const isSure = against !== null && (objective.direction === 'minimise' ? against.high < 1 : against.low > 1);
    const notReached = unreached(usual, values);
    const isBetter = (notReached === null ? isSure : reachesMore(usual, values)) && own.every(keeps(objective));
    return [{ variant: first.variant, against, ...(notReached !== null && { notReached }), isBetter }];
  });
  const gain = ({ against }: (typeof compared)[number]) =>
    against === null ? Number.POSITIVE_INFINITY : objective.direction === 'minimise' ? against.ratio : -against.ratio;
  return compared.sort((a, b) => Number(b.isBetter) - Number(a.isBetter) || (gain(a) < gain(b) ? -1 : 1));
}

const keeps = (objective: Objective) => (trial: TrialResult) => isWithin(objective, trial);

type Values = readonly (number | null)[];

function unreached(usual: Values, own: Values): TuningResult['finalists'][number]['notReached'] | null {
  const count = (values: Values) => values.filter((value) => value === Number.POSITIVE_INFINITY).length;
  const found = { own: count(own), asWritten: count(usual), repeats: own.length };
  return found.own + found.asWritten === 0 ? null : found;
}

/** What was not reached has no ratio: then only a finalist that always was, and was ahead in each repeat. */
function reachesMore(usual: Values, own: Values): boolean {
  const isAhead = (value: number | null, n: number) => {
    const other = usual[n] ?? null;
    return value !== null && other !== null && value < other;
  };
  return own.length >= leastAhead && own.every(isAhead);
}
