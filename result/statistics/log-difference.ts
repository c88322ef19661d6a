/** The difference of two sets of figures as a log ratio: from pairs in time, or from stored runs that are no pairs. */
import { chanceOfT, factorSeen, knownPairs, meanOf, tReachedBy, varianceOf } from './statistics.ts';
import { factorBeyondDoubt } from './statistics-order.ts';

export interface LogDifference {
  /** Of the log ratios, other ÷ base. */
  readonly mean: number;
  readonly standardError: number;
  readonly degrees: number;
  /** Put onto either side of the interval, for what is not known of runs on other days. */
  readonly widenedBy: number;
  /** Standard deviation of one pair's log ratio, had they been played in pairs; null: not known. */
  readonly pairScatter: number | null;
}

const leastPairs = 3;
/** Fewer runs of the same say nothing about how much runs differ. */
export const leastNoiseRuns = 3;

/** By block. null: fewer than three have both. */
export function pairedDifference(
  base: readonly (number | null)[],
  other: readonly (number | null)[],
): LogDifference | null {
  const logs = knownPairs(base, other).flatMap(([a, b]) => (isPositive(a) && isPositive(b) ? Math.log(b / a) : []));
  if (logs.length < leastPairs) return null;
  const scatter = Math.sqrt(varianceOf(logs));
  const standardError = scatter / Math.sqrt(logs.length);
  return { mean: meanOf(logs), standardError, degrees: logs.length - 1, widenedBy: 0, pairScatter: scatter };
}

export interface StoredFigures {
  /** By repeat. */
  readonly values: readonly (number | null)[];
  /** 95 % within the run, where there is one repeat only; null: not known. */
  readonly withinRun: readonly [number, number | null] | null;
}

/**
 * Of two stored runs. `noise`: the same figure of each run of an A/A set, by repeat: then the variance between runs is
 * known and the interval holds it. Without, the interval is a factor of 1.5 wider to either side, as for any two figures
 * that have no repeats, and once more where nothing says how sure they are within the runs. null: a side has no figure.
 */
export function storedDifference(
  base: StoredFigures,
  other: StoredFigures,
  noise: readonly (readonly (number | null)[])[],
): LogDifference | null {
  const [a, b] = [logsOf(base.values), logsOf(other.values)];
  if (a.length === 0 || b.length === 0) return null;
  const mean = meanOf(b) - meanOf(a);
  const own = ownVariance(base, a, other, b);
  const pairScatter = own === null ? null : Math.sqrt(own.ofOne);
  const runs = noise.map(logsOf).filter((logs) => logs.length > 0);
  if (runs.length >= leastNoiseRuns) {
    const ofRuns = 2 * (varianceOf(runs.map(meanOf)) + moreOfFewerRepeats(runs, a, b));
    const standardError = Math.sqrt(Math.max(ofRuns, own?.ofMeans ?? 0));
    return { mean, standardError, degrees: runs.length - 1, widenedBy: 0, pairScatter };
  }
  const widenedBy = Math.log(factorBeyondDoubt);
  // Nothing is known within the runs either: the factor once more.
  if (own === null) return { mean, standardError: 0, degrees: 1, widenedBy: 2 * widenedBy, pairScatter: null };
  return { mean, standardError: Math.sqrt(own.ofMeans), degrees: own.degrees, widenedBy, pairScatter };
}

/** Means of fewer repeats than the A/A runs had scatter more than theirs. */
function moreOfFewerRepeats(runs: readonly (readonly number[])[], a: readonly number[], b: readonly number[]): number {
  const repeated = runs.filter((logs) => logs.length > 1);
  if (repeated.length === 0) return 0;
  const within = meanOf(repeated.map(varianceOf));
  const theirs = meanOf(runs.map((logs) => 1 / logs.length));
  return Math.max(0, within * ((1 / a.length + 1 / b.length) / 2 - theirs));
}

interface OwnVariance {
  readonly ofMeans: number;
  /** Of the difference of one repeat of each. */
  readonly ofOne: number;
  readonly degrees: number;
}

/** So many blocks lie behind an interval within a run, at least. */
const withinRunDegrees = 19;

function ownVariance(
  base: StoredFigures,
  a: readonly number[],
  other: StoredFigures,
  b: readonly number[],
): OwnVariance | null {
  if (a.length > 1 && b.length > 1) {
    const [va, vb] = [varianceOf(a), varianceOf(b)];
    return { ofMeans: va / a.length + vb / b.length, ofOne: va + vb, degrees: Math.min(a.length, b.length) - 1 };
  }
  const [one, two] = [withinVariance(base), withinVariance(other)];
  if (one === null || two === null) return null;
  return { ofMeans: one / a.length + two / b.length, ofOne: one + two, degrees: withinRunDegrees };
}

function withinVariance({ withinRun }: StoredFigures): number | null {
  const [low, high] = withinRun ?? [0, null];
  if (high === null || low <= 0) return null;
  return (Math.log(high / low) / (2 * tReachedBy(0.05, withinRunDegrees))) ** 2;
}

/** Log ratios that are reached or exceeded with this chance, to both sides together. */
export function intervalOf(difference: LogDifference, chance: number): readonly [number, number] {
  const half = halfWidth(difference, chance);
  return [difference.mean - half, difference.mean + half];
}

export function halfWidth({ standardError, degrees, widenedBy }: LogDifference, chance: number): number {
  return tReachedBy(chance, degrees) * standardError + widenedBy;
}

/** How often chance alone makes a difference as large. */
export function chanceOf({ mean, standardError, degrees, widenedBy }: LogDifference): number {
  const beyond = Math.abs(mean) - widenedBy;
  if (beyond <= 0) return 1;
  return standardError === 0 ? 0 : chanceOfT(beyond / standardError, degrees);
}

const mostPairs = 10_000;

/** Pairs that find a change by this share in four of five cases; null: more than 10,000, or the scatter is not known. */
export function pairsFor(scatter: number | null, share: number, comparisons: number): number | null {
  if (scatter === null || (factorSeen(scatter, mostPairs, comparisons) ?? Number.POSITIVE_INFINITY) > 1 + share) {
    return null;
  }
  let [low, high] = [1, mostPairs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((factorSeen(scatter, middle, comparisons) ?? Number.POSITIVE_INFINITY) <= 1 + share) high = middle;
    else low = middle;
  }
  return Math.max(high, leastPairs);
}

function logsOf(values: readonly (number | null)[]): number[] {
  return values.flatMap((value) => (value !== null && isPositive(value) ? Math.log(value) : []));
}

function isPositive(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}
