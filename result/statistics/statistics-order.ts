/** In which order targets may be named, and what of their difference is beyond doubt. */
import { factorSeen, holdTogether, knownPairs, type PairedRatio, pairedRatio } from './statistics.ts';

/** Fewer repeats give no order. */
export const leastRepeats = 3;
/** A ratio within is no difference that anybody would act on. */
const alike = { low: 0.95, high: 1.05 };
/** Intervals within one run that are so far apart are told apart without repeats. */
export const factorBeyondDoubt = 1.5;

/** A lower-is-better figure of one target. */
export interface Compared {
  readonly label: string;
  /** By repeat, in one order for all; infinite: not reached; null: not known. */
  readonly values: readonly (number | null)[];
  /** The instrument's own error, in the unit of the values; null: not known. */
  readonly resolution: number | null;
}

export interface Neighbours {
  readonly lower: string;
  readonly higher: string;
  readonly isToldApart: boolean;
  /** Higher ÷ lower; null where one of them was not reached, or fewer than two repeats have both. */
  readonly ratio: PairedRatio | null;
}

export interface Order {
  /** The lowest first. */
  readonly labels: readonly string[];
  /** Each with the next one. */
  readonly neighbours: readonly Neighbours[];
  /** Factor that so many repeats find in four of five cases; null: not known. */
  readonly factorSeen: number | null;
  readonly repeats: number;
}

/**
 * By the middle value of each. Told apart are neighbours whose paired difference holds together with that of all the
 * others named, is larger than 5 %, and larger than the instrument's error of both; a value that was reached in each repeat
 * and one that never was are, too. null: fewer than three repeats, or nothing to compare.
 */
export function orderOf(compared: readonly Compared[]): Order | null {
  const repeats = Math.min(...compared.map(({ values }) => values.filter((value) => value !== null).length));
  if (compared.length < 2 || repeats < leastRepeats) return null;
  const sorted = compared
    .map((one) => ({ one, middle: middleOf(one.values) }))
    .sort((a, b) => (a.middle === b.middle ? 0 : a.middle - b.middle));
  const pairs = sorted.slice(1).map(({ one: higher }, n) => {
    const lower = (sorted[n] as (typeof sorted)[number]).one;
    const known = knownPairs(lower.values, higher.values);
    const isReached = known.every((pair) => pair.every(Number.isFinite));
    const ratio = isReached ? pairedRatio(lower.values, higher.values) : null;
    const isBeyondDoubt =
      known.length >= leastRepeats && known.every(([a, b]) => a < b && b === Number.POSITIVE_INFINITY);
    return { lower, higher, ratio, isBeyondDoubt };
  });
  const tested = pairs.map(({ ratio }) => (ratio === null || ratio.pairs < leastRepeats ? 1 : ratio.chance));
  const held = holdTogether(tested);
  const scatters = pairs.flatMap(({ ratio }) => ratio?.scatter ?? []);
  return {
    labels: sorted.map(({ one }) => one.label),
    neighbours: pairs.map(({ lower, higher, ratio, isBeyondDoubt }, n) => ({
      lower: lower.label,
      higher: higher.label,
      isToldApart: isBeyondDoubt || (held[n]?.holds === true && isLarger(ratio, lower, higher)),
      ratio: ratio === null ? null : pairedRatio(lower.values, higher.values, held[n]?.comparisons),
    })),
    factorSeen: scatters.length === 0 ? null : factorSeen(pooled(scatters), repeats, pairs.length),
    repeats,
  };
}

/** The middle values may lie the other way round than the ratio: then nothing is told. */
function isLarger(ratio: PairedRatio | null, lower: Compared, higher: Compared): boolean {
  const resolution = Math.max(lower.resolution ?? 0, higher.resolution ?? 0);
  return (ratio?.ratio ?? 0) > 1 && isDifference(ratio, lower.values, higher.values, resolution);
}

/** Of an even number the worse of the two. */
export function middleOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null).sort((a, b) => (a === b ? 0 : a - b));
  return known[Math.floor(known.length / 2)] ?? Number.POSITIVE_INFINITY;
}

function pooled(scatters: readonly number[]): number {
  return Math.sqrt(scatters.reduce((sum, scatter) => sum + scatter ** 2, 0) / scatters.length);
}

/** Whether anybody would act on it: outside 0.95–1.05, and larger than the instrument's own error. */
export function isDifference(
  ratio: PairedRatio | null,
  before: readonly (number | null)[],
  after: readonly (number | null)[],
  resolution: number,
): boolean {
  if (ratio === null || (ratio.ratio >= alike.low && ratio.ratio <= alike.high)) return false;
  return Math.abs(middleOf(after) - middleOf(before)) > resolution;
}

export interface WithinRun {
  readonly label: string;
  readonly low: number;
  /** null: not reached. */
  readonly high: number | null;
}

/** Pairs of which the whole interval of one lies a factor of 1.5 or more below that of the other. */
export function farApart(
  all: readonly WithinRun[],
): { readonly lower: string; readonly higher: string; readonly factor: number }[] {
  return all.flatMap((lower) =>
    all.flatMap((higher) => {
      if (lower.high === null || lower.high <= 0) return [];
      const factor = higher.low / lower.high;
      return factor >= factorBeyondDoubt ? [{ lower: lower.label, higher: higher.label, factor }] : [];
    }),
  );
}

/** None in so many tries: the share that there could be all the same, 95 % (exact, one-sided). */
export function atMostShare(tries: number): number {
  return 1 - 0.05 ** (1 / tries);
}
