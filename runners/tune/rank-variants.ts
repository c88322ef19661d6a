/** From trials to candidates: ranked by the objective, with the front of those that nothing else beats altogether. */
import { cpuUsPerOperation } from '../../result/cpu-per-operation.ts';
import { paretoFront } from '../../result/pareto-front.ts';
import type { PhaseName, TrialResult, TuningCandidate, TuningResult } from '../../result/result-types.ts';
import { isLowerThroughout, knownPairs, pairedRatio } from '../../result/statistics.ts';
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
  const front = paretoFront(measured.map(frontPoint), frontAxes);
  const candidates = measured.map((one, n) => ({ ...one, isOnFront: front[n] === true }));
  return candidates.sort(
    (a, b) => Number(b.isWithin) - Number(a.isWithin) || compareValues(a.value, b.value, objective),
  );
}

function judged(trial: TrialResult, objective: Objective) {
  const { status } = trial.verdict;
  const value = objectiveValue(objective, trial);
  return { verdict: status, value: Number.isFinite(value) ? value : null, isWithin: isWithin(objective, trial) };
}

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
  const { variant, phases, wire } = trial;
  const parts = measuredPhases.flatMap((name) => phases[name] ?? []);
  const durationMs = parts.reduce((sum, part) => sum + part.durationMs, 0);
  const ok = parts.reduce((sum, { goodputPerSecond, durationMs: ms }) => sum + (goodputPerSecond * ms) / 1e3, 0);
  return {
    variant,
    latencyUs: decisivePhase(trial)?.latencyUs.offered[percentile] ?? null,
    goodputPerSecond: durationMs === 0 ? null : (ok * 1e3) / durationMs,
    cpuUsPerOperation: cpuUsPerOperation(trial),
    bytesPerOperation: wire.bytesPerOperation,
  };
}

const frontAxes = ['latency', 'goodput', 'cpu', 'bytes'] as const;

type Measured = ReturnType<typeof figuresOf> & ReturnType<typeof judged>;

function frontPoint({ verdict, latencyUs, goodputPerSecond, cpuUsPerOperation, bytesPerOperation }: Measured) {
  const figures = {
    latency: latencyUs,
    goodput: goodputPerSecond,
    cpu: cpuUsPerOperation,
    bytes: bytesPerOperation,
  };
  return { status: verdict, figures };
}

/** Infinite ones are equal, where a difference would be no number. */
function compareValues(a: number | null, b: number | null, { direction }: Objective): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (a === b) return 0;
  return direction === 'minimise' ? a - b : b - a;
}

/** Each finalist beside the target as written, repeat by repeat; best first. */
export function compareFinalists(trials: readonly TrialResult[], objective: Objective): TuningResult['finalists'] {
  const byVariant = Map.groupBy(trials, ({ variant }) => JSON.stringify(variant));
  const valuesOf = (of: readonly TrialResult[]) =>
    [...of].sort((a, b) => a.repeat - b.repeat).map((trial) => objectiveValue(objective, trial));
  const asWritten = byVariant.get('{}') ?? [];
  const usual = valuesOf(asWritten);
  const finalists = [...byVariant].filter(([key]) => key !== '{}');
  const compared = finalists.flatMap(([, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const values = valuesOf(own);
    const against = pairedRatio(usual, values, finalists.length);
    const isSure = against !== null && (objective.direction === 'minimise' ? against.high < 1 : against.low > 1);
    const notReached = unreached(usual, values);
    const isBetter = (notReached === null ? isSure : reachesMore(usual, values)) && own.every(keeps(objective));
    const doubtful = suspectCount([...own, ...asWritten]);
    const finalist = {
      ...{ variant: first.variant, against, isBetter },
      ...(notReached !== null && { notReached }),
      ...(doubtful.suspect > 0 && { doubtful }),
    };
    return [{ finalist, middle: middleOf(values) }];
  });
  return compared
    .sort(
      (a, b) =>
        Number(b.finalist.isBetter) - Number(a.finalist.isBetter) ||
        compareValues(a.finalist.against?.ratio ?? null, b.finalist.against?.ratio ?? null, objective) ||
        compareValues(a.middle, b.middle, objective),
    )
    .map(({ finalist }) => finalist);
}

/** Both kinds count in the comparison, since a disturbed machine disturbs both of a pair; it is told. */
function suspectCount(trials: readonly TrialResult[]) {
  return { suspect: trials.filter(({ verdict }) => verdict.status === 'suspect').length, trials: trials.length };
}

/** The middle one, of an even number the higher of the two; null: not known. */
function middleOf(values: Values): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
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
  const pairs = knownPairs(own, usual);
  return pairs.length === own.length && isLowerThroughout(pairs);
}
