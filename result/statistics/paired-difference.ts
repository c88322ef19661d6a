/** How far two measurements of the same repeats lie apart, in their own unit. */
import { knownPairs, meanInterval } from './statistics.ts';

export interface PairedDifference {
  /** Mean of after − before. */
  readonly difference: number;
  /** 95 % confidence interval, of all that are told at once together. */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/**
 * From the t interval of the differences: pairs of one repeat share what the machine did then, and the arrivals. null: fewer
 * than two pairs have both values. `comparisons`: how many such differences are told at once.
 */
export function pairedDifference(
  before: readonly (number | null)[],
  after: readonly (number | null)[],
  comparisons = 1,
): PairedDifference | null {
  const differences = knownPairs(before, after).flatMap(([from, to]) =>
    Number.isFinite(from) && Number.isFinite(to) ? [to - from] : [],
  );
  const pairs = differences.length;
  if (pairs < 2) return null;
  const { mean, halfWidth } = meanInterval(differences, comparisons);
  return { difference: mean, low: mean - halfWidth, high: mean + halfWidth, pairs };
}
