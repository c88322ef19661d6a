/** From trials to candidates: ranked by the objective, with the front of those that nothing else beats altogether. */
import { cpuUsPerOperation } from '../../result/cpu-per-operation.ts';
import { paretoFront } from '../../result/pareto-front.ts';
import type { PhaseName, TrialResult, TuningCandidate, TuningResult } from '../../result/result-types.ts';
import { holdTogether, isLowerThroughout, knownPairs, pairedRatio } from '../../result/statistics/statistics.ts';
import { isDifference, leastRepeats, middleOf } from '../../result/statistics/statistics-order.ts';
import { isWithin, type Objective, objectiveValue, resolutionOf } from './objective.ts';

/** One trial a variant. Best first: within the conditions, then beyond them, then those of which it is not known. */
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
  return candidates.sort((a, b) => rankOf(a) - rankOf(b) || compareValues(a.value, b.value, objective));
}

function rankOf({ isWithin: within }: { readonly isWithin: boolean | null }): number {
  return within === null ? 2 : within ? 0 : 1;
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

/**
 * Each finalist beside the target as written, repeat by repeat; best first. An invalid trial takes no part. What is told
 * holds for all finalists together, and is larger than the instrument's own error.
 */
export function compareFinalists(trials: readonly TrialResult[], objective: Objective): TuningResult['finalists'] {
  const byVariant = Map.groupBy(trials, ({ variant }) => JSON.stringify(variant));
  const asWritten = byVariant.get('{}') ?? [];
  const finalists = [...byVariant].flatMap(([key, own]) => (key === '{}' ? [] : [own]));
  const repeats = Math.max(0, ...trials.map(({ repeat }) => repeat));
  const valuesOf = (of: readonly TrialResult[]): Values =>
    Array.from({ length: repeats }, (_, n) => {
      const trial = of.find(({ repeat, verdict }) => repeat === n + 1 && verdict.status !== 'invalid');
      return trial === undefined ? null : objectiveValue(objective, trial);
    });
  const usual = valuesOf(asWritten);
  const held = holdTogether(finalists.map((own) => chanceOf(usual, valuesOf(own))));
  const compared = finalists.map((own, n) => {
    const values = valuesOf(own);
    const against = pairedRatio(usual, values, held[n]?.comparisons);
    const notReached = unreached(usual, values);
    const found =
      notReached === null && held[n]?.holds === true && isDifference(against, usual, values, resolution(own));
    const side = sideIn(objective, found ? (against?.ratio ?? 1) : reachedRatio(usual, values));
    const keeps = own.every((trial) => trial.verdict.status === 'invalid' || isWithin(objective, trial) === true);
    const doubtful = suspectCount([...own, ...asWritten]);
    const finalist = {
      variant: own[0]?.variant ?? {},
      against:
        against === null ? null : { ratio: against.ratio, low: against.low, high: against.high, pairs: against.pairs },
      isBetter: side === 'better' && keeps,
      side,
      ...(notReached !== null && { notReached }),
      ...(doubtful.suspect > 0 && { doubtful }),
    };
    return { finalist, middle: values.some((value) => value !== null) ? middleOf(values) : null };
  });
  return compared
    .sort(
      (a, b) =>
        Number(b.finalist.isBetter) - Number(a.finalist.isBetter) ||
        compareValues(a.finalist.against?.ratio ?? null, b.finalist.against?.ratio ?? null, objective) ||
        compareValues(a.middle, b.middle, objective),
    )
    .map(({ finalist }) => finalist);

  function resolution(own: readonly TrialResult[]): number {
    return Math.max(0, ...[...own, ...asWritten].map((trial) => resolutionOf(objective, trial) ?? 0));
  }
}

/** Of fewer than three pairs nothing is told. */
function chanceOf(usual: Values, own: Values): number {
  const ratio = pairedRatio(usual, own);
  return ratio === null || ratio.pairs < leastRepeats ? 1 : ratio.chance;
}

/** 1: not told apart. */
function reachedRatio(usual: Values, own: Values): number {
  if (unreached(usual, own) === null) return 1;
  if (reachesMore(usual, own)) return 0;
  return reachesMore(own, usual) ? Number.POSITIVE_INFINITY : 1;
}

function sideIn({ direction }: Objective, ratio: number): NonNullable<TuningResult['finalists'][number]['side']> {
  if (ratio === 1) return 'notToldApart';
  return ratio < 1 === (direction === 'minimise') ? 'better' : 'worse';
}

/** Both kinds count in the comparison, since a disturbed machine disturbs both of a pair; it is told. */
function suspectCount(trials: readonly TrialResult[]) {
  return { suspect: trials.filter(({ verdict }) => verdict.status === 'suspect').length, trials: trials.length };
}

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
