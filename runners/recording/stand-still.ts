/** How long a service stood still: some waited for it, and none was done. */

export interface Span {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** The longest within the span. `sent`, `applied`: when each was, in any order; what was never applied waits to the end. */
export function longestStandStillUs(
  sent: readonly number[],
  applied: readonly number[],
  { fromUs, untilUs }: Span,
): number {
  const begins = Float64Array.from(sent).sort();
  const ends = Float64Array.from(applied).sort();
  let longestUs = 0;
  let sinceUs = Number.POSITIVE_INFINITY;
  let begun = 0;
  for (const [ended, endUs] of ends.entries()) {
    while (begun < begins.length && (begins[begun] as number) <= endUs) {
      if (begun <= ended) sinceUs = begins[begun] as number; // nobody waited before it
      begun++;
    }
    longestUs = Math.max(longestUs, Math.min(endUs, untilUs) - Math.max(sinceUs, fromUs));
    sinceUs = begun > ended + 1 ? endUs : Number.POSITIVE_INFINITY;
  }
  // Whoever is left waits to the end.
  if (ends.length < begins.length) {
    const next = begins[begun];
    const leftSinceUs = Math.min(sinceUs, next ?? Number.POSITIVE_INFINITY);
    longestUs = Math.max(longestUs, untilUs - Math.max(leftSinceUs, fromUs));
  }
  return longestUs;
}
