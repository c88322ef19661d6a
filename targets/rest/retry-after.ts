/** `Retry-After` as RFC 9110 §10.2.3 has it: whole seconds, or the date from when on it makes sense. */

/** Whoever names a longer wait means: not this operation. */
const longestMs = 24 * 3_600_000;

/** Milliseconds from now, at most a day; 0 when the text says neither. */
export function retryAfterMs(text: string, nowMs: number): number {
  const value = text.trim();
  const ms = /^\d+$/.test(value) ? Number(value) * 1e3 : dateMs(value) - nowMs;
  return ms > 0 ? Math.min(ms, longestMs) : 0;
}

/** An HTTP date begins with the name of a day; `Date.parse` alone would take nearly anything. NaN when it is none. */
function dateMs(value: string): number {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value) ? Date.parse(value) : Number.NaN;
}
