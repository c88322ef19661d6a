/** How sure a difference between two settings is that were measured in the same repeats. */

/**
 * Student's t, two-sided, by degrees of freedom from 1: for intervals that hold in 95 % of all cases together when so many
 * are told at once (Bonferroni), one in the first row.
 */
const t95 = [
  [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131],
  [25.452, 6.205, 4.177, 3.495, 3.163, 2.969, 2.841, 2.752, 2.685, 2.634, 2.593, 2.56, 2.533, 2.51, 2.49],
  [38.188, 7.649, 4.857, 3.961, 3.534, 3.287, 3.128, 3.016, 2.933, 2.87, 2.82, 2.779, 2.746, 2.7178, 2.694],
  [50.923, 8.86, 5.392, 4.315, 3.81, 3.521, 3.335, 3.206, 3.111, 3.038, 2.981, 2.934, 2.896, 2.864, 2.837],
  [63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.25, 3.169, 3.106, 3.055, 3.012, 2.977, 2.947],
] as const;
/** Of the normal distribution: what it comes down to with many. */
const z95 = [1.96, 2.241, 2.394, 2.498, 2.576] as const;
/** More at once have no row. */
export const mostComparisons = t95.length;

export interface PairedRatio {
  /** Geometric mean of after ÷ before: 0.8 is a fifth less. */
  readonly ratio: number;
  /** 95 % confidence interval, of all that are told at once together. */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/**
 * Ratio of paired positive measurements, from the t interval of their log ratios: pairs of one repeat share what the
 * machine did then. null: fewer than two pairs have both values. `comparisons`: how many such ratios are told at once.
 */
export function pairedRatio(
  before: readonly (number | null)[],
  after: readonly (number | null)[],
  comparisons = 1,
): PairedRatio | null {
  const logs = knownPairs(before, after).flatMap(([from, to]) =>
    from > 0 && to > 0 && Number.isFinite(from) && Number.isFinite(to) ? [Math.log(to / from)] : [],
  );
  const pairs = logs.length;
  if (pairs < 2) return null;
  const mean = logs.reduce((sum, value) => sum + value, 0) / pairs;
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (pairs - 1);
  const row = Math.min(Math.max(comparisons, 1), mostComparisons) - 1;
  const quantile = t95[row]?.[pairs - 2] ?? (z95[row] as number);
  const halfWidth = quantile * Math.sqrt(variance / pairs);
  return { ratio: Math.exp(mean), low: Math.exp(mean - halfWidth), high: Math.exp(mean + halfWidth), pairs };
}

/** A coin falls the same way so often once in 32 times: fewer would be no evidence. */
const leastAhead = 5;

/** Where a value was not reached there is no ratio: then the first of a pair must be the lower one in each, and often enough. */
export function isLowerThroughout(pairs: readonly (readonly [number, number])[]): boolean {
  return pairs.length >= leastAhead && pairs.every(([one, other]) => one < other);
}

/** Of those of which both are known, by their places; infinite: not reached. */
export function knownPairs(
  ones: readonly (number | null)[],
  others: readonly (number | null)[],
): (readonly [number, number])[] {
  return ones.flatMap((one, n) => {
    const other = others[n] ?? null;
    return one === null || other === null ? [] : [[one, other] as const];
  });
}
