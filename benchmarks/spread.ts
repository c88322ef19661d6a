/** Several readings of one figure: the middle one, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** NaN throughout without readings. */
export function spreadOf(readings: readonly number[]): Spread {
  const sorted = [...readings].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const upper = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(upper) : (at(upper - 1) + at(upper)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

/** `88.1 (86.9–90.2)`; a single reading stands alone. */
export function inWords({ median, min, max }: Spread, digits: number): string {
  const text = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return min === max ? text(median) : `${text(median)} (${text(min)}–${text(max)})`;
}
