/** Recorded arrivals: a text file with one time a line, as an access log gives them. */
import { readFileSync } from 'node:fs';

export const arrivalTimeUnits = { us: 1, ms: 1e3, s: 1e6 } as const;
export type ArrivalTimeUnit = keyof typeof arrivalTimeUnits;

/** What `readArrivalFile` refuses; the message says where in the file. */
export class ArrivalFileError extends Error {}

/**
 * Microseconds from the first arrival to each, rising. A line's first column (up to a comma, semicolon or tab) is the time, from whichever
 * origin; a first line that is no number is a header, empty lines and those with `#` are passed over. Throws an
 * ArrivalFileError for anything else, and what the file system throws.
 */
export function readArrivalFile(path: string, unit: ArrivalTimeUnit): Float64Array {
  const times: number[] = [];
  readFileSync(path, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const column = line.split(/[,;\t]/, 1)[0]?.trim() ?? '';
      if (column === '' || column.startsWith('#')) return;
      const time = Number(column);
      const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (!Number.isFinite(time)) {
        if (times.length > 0 || index > 0)
          throw new ArrivalFileError(`line ${index + 1}: "${column.slice(0, 40)}" is no time`);
      } else if (time < last)
        throw new ArrivalFileError(`line ${index + 1}: ${column} is before ${last}, the one above it; sort the file`);
      else times.push(time);
    });
  const [first] = times;
  if (first === undefined) throw new ArrivalFileError('it has no arrivals');
  return Float64Array.from(times, (time) => (time - first) * arrivalTimeUnits[unit]);
}

export interface ArrivalProfile {
  readonly count: number;
  /** Up to just behind the last arrival. */
  readonly durationMs: number;
  readonly meanPerSecond: number;
  /** In the fullest second, or the mean of what is shorter. */
  readonly peakPerSecond: number;
}

export function profileArrivals(offsetsUs: Float64Array): ArrivalProfile {
  const count = offsetsUs.length;
  const durationMs = Math.floor((offsetsUs[count - 1] ?? 0) / 1e3) + 1;
  const meanPerSecond = count / (durationMs / 1e3);
  let fullest = 0;
  for (let from = 0, to = 0; to < count; to++) {
    while ((offsetsUs[to] as number) - (offsetsUs[from] as number) >= 1e6) from++;
    fullest = Math.max(fullest, to - from + 1);
  }
  return { count, durationMs, meanPerSecond, peakPerSecond: Math.max(fullest, meanPerSecond) };
}
