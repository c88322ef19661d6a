/** How sure a difference between two settings is that were measured in the same repeats. */

/** Student's t, two-sided 95 %, by degrees of freedom from 1. */
const t95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
] as const;
/** Of the normal distribution: what it comes down to with many. */
const z95 = 1.96;

export interface PairedRatio {
  /** Geometric mean of after ÷ before: 0.8 is a fifth less. */
  readonly ratio: number;
  /** 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/**
 * Ratio of paired positive measurements, from the t interval of their log ratios: pairs of one repeat share what the
 * machine did then. null: fewer than two pairs have both values.
 */
export function pairedRatio(before: readonly (number | null)[], after: readonly (number | null)[]): PairedRatio | null {
  const logs = before.flatMap((from, n) => {
    const to = after[n] ?? null;
    return from !== null && to !== null && from > 0 && to > 0 ? [Math.log(to / from)] : [];
  });
  const pairs = logs.length;
  if (pairs < 2) return null;
  const mean = logs.reduce((sum, value) => sum + value, 0) / pairs;
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (pairs - 1);
  const halfWidth = (t95[pairs - 2] ?? z95) * Math.sqrt(variance / pairs);
  return { ratio: Math.exp(mean), low: Math.exp(mean - halfWidth), high: Math.exp(mean + halfWidth), pairs };
}
