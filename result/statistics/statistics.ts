/** How sure a difference between two settings is that were measured in the same repeats. */

/** Two-sided: how often Student's t of so many degrees of freedom lies at least this far from 0 by chance. A finite sum, exact. */
export function chanceOfT(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0;
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let n = isOdd ? 3 : 2; n < degrees; n += 2) {
    term *= ((n - 1) / n) * cos * cos;
    sum += term;
  }
  const within = isOdd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
  return Math.max(0, 1 - within);
}

/** The t that is reached so often by chance, to either side. */
export function tReachedBy(chance: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (chanceOfT(high, degrees) > chance) high *= 2;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (chanceOfT(middle, degrees) > chance) low = middle;
    else high = middle;
  }
  return high;
}

/** At least one. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of what they were drawn from; 0: fewer than two. */
export function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** Of all that is told at once together. */
const errorRate = 0.05;

export interface MeanInterval {
  readonly mean: number;
  readonly standardError: number;
  /** Of the 95 % t interval to either side, as one of all that are told at once together. */
  readonly halfWidth: number;
}

/** Of at least two values. `comparisons`: how many such means are told at once. */
export function meanInterval(values: readonly number[], comparisons = 1): MeanInterval {
  const standardError = Math.sqrt(varianceOf(values) / values.length);
  const reach = tReachedBy(errorRate / Math.max(comparisons, 1), values.length - 1);
  return { mean: meanOf(values), standardError, halfWidth: reach * standardError };
}

/** 95 % interval of a geometric mean, by the t of the logarithms, of which there are at least two. */
export function geometricInterval(logs: readonly number[]): readonly [number, number] {
  const { mean, halfWidth } = meanInterval(logs);
  return [Math.exp(mean - halfWidth), Math.exp(mean + halfWidth)];
}

export interface PairedRatio {
  /** Geometric mean of after ÷ before: 0.8 is a fifth less. */
  readonly ratio: number;
  /** 95 % confidence interval, of all that are told at once together. */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  /** How often chance alone makes a difference as large, were there none. */
  readonly chance: number;
  /** Standard deviation of the log ratios. */
  readonly scatter: number;
}

/**
 * Ratio of paired positive measurements, from the t interval of their log ratios: pairs of one repeat share what the
 * machine did then, and the arrivals. null: fewer than two pairs have both values. `comparisons`: how many such ratios are
 * told at once.
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
  const { mean, standardError, halfWidth } = meanInterval(logs, comparisons);
  return {
    ratio: Math.exp(mean),
    low: Math.exp(mean - halfWidth),
    high: Math.exp(mean + halfWidth),
    pairs,
    chance: mean === 0 ? 1 : chanceOfT(mean / standardError, pairs - 1),
    scatter: Math.sqrt(varianceOf(logs)),
  };
}

export interface Held {
  readonly holds: boolean;
  /** As one of how many its interval is to be told: then one that holds leaves 1 out, and one that does not has it in. */
  readonly comparisons: number;
}

/** Holm: which of them hold so that all that are called so are right together in 95 % of all cases. */
export function holdTogether(chances: readonly number[]): Held[] {
  const order = chances.map((_, n) => n).sort((a, b) => (chances[a] as number) - (chances[b] as number));
  const held: Held[] = [];
  let holds = true;
  let comparisons = chances.length;
  for (const [rank, n] of order.entries()) {
    if (holds) comparisons = chances.length - rank;
    holds &&= (chances[n] as number) <= errorRate / comparisons;
    held[n] = { holds, comparisons };
  }
  return held;
}

/** Of 100 differences of the factor returned, so many repeats find 80; from the scatter that these had. */
const wantedPower = 0.8;

/** null: fewer than two repeats. */
export function factorSeen(scatter: number, repeats: number, comparisons: number): number | null {
  if (repeats < 2) return null;
  const degrees = repeats - 1;
  // A one-sided quantile is that of twice the chance to both sides.
  const reach = tReachedBy(errorRate / Math.max(comparisons, 1), degrees) + tReachedBy(2 * (1 - wantedPower), degrees);
  return Math.exp((reach * scatter) / Math.sqrt(repeats));
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
