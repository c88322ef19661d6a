/** Recorded arrivals: a text file with one time a line, as an access log gives them. */
import { largestRecordingBytes, NamedFileError, piecesOf } from './named-file.ts';

export const arrivalTimeUnits = { us: 1, ms: 1e3, s: 1e6 } as const;
export type ArrivalTimeUnit = keyof typeof arrivalTimeUnits;

const longestLine = 1024 * 1024;

/** What `readArrivalFile` refuses of what it reads; the message says where in the file. */
class ArrivalFileError extends NamedFileError {}

/**
 * Microseconds from the first arrival to each, rising. A line's first column (up to a comma, semicolon or tab; quoted as
 * in RFC 4180) is the time, from whichever origin; the first line is a header where it does not begin as a number, empty
 * lines and those with `#` are passed over. Throws an ArrivalFileError for anything else, and a NamedFileError
 * where it cannot be read.
 */
export function readArrivalFile(path: string, unit: ArrivalTimeUnit): Float64Array {
  const times: number[] = [];
  let isFirst = true;
  for (const { line, column } of firstColumns(linesOf(piecesOf(path, largestRecordingBytes)))) {
    const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    const isHeader = isFirst && !/^[-+.\d]/.test(column);
    isFirst = false;
    if (isHeader) continue;
    const time = decimal.test(column) ? Number(column) : Number.NaN;
    if (!Number.isFinite(time)) throw new ArrivalFileError(`line ${line}: "${column.slice(0, 40)}" is no time`);
    if (time < last)
      throw new ArrivalFileError(`line ${line}: ${column} is before ${last}, the one above it; sort the file`);
    times.push(time);
  }
  const [first] = times;
  if (first === undefined) throw new ArrivalFileError('it has no arrivals');
  return Float64Array.from(times, (time) => (time - first) * arrivalTimeUnits[unit]);
}

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** A line break may be cut in two, and so may a character. */
function* linesOf(pieces: Iterable<Buffer>): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decoded = (piece?: Buffer) => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      throw new ArrivalFileError('it is no UTF-8 text');
    }
  };
  let rest = '';
  let line = 0;
  for (const piece of pieces) {
    const lines = (rest + decoded(piece)).split(/\r\n|\r(?!$)|\n/);
    rest = lines.pop() ?? '';
    yield* lines;
    line += lines.length;
    if (rest.length > longestLine) throw new ArrivalFileError(`line ${line + 1}: is longer than 1MiB`);
  }
  yield* (rest + decoded()).split(/\r/);
}

/** Of each row that has one; rows whose last field in quotes goes on over the line's end are of several lines. */
function* firstColumns(lines: Iterable<string>): Generator<{ readonly line: number; readonly column: string }> {
  let openedAt: number | null = null;
  let index = -1;
  for (const line of lines) {
    index++;
    const isContinued = openedAt !== null;
    if (!isContinued && /^\s*(#|$)/.test(line)) continue;
    const isOpen = line.includes('"') ? endsInQuotes(line, isContinued) : isContinued;
    if (isOpen) openedAt ??= index + 1;
    else openedAt = null;
    if (isContinued) continue;
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?:[,;\t]|$)/.exec(line)?.[1];
    const column = quoted?.replaceAll('""', '"') ?? line.split(/[,;\t]/, 1)[0] ?? '';
    if (column.trim() !== '') yield { line: index + 1, column: column.trim() };
  }
  if (openedAt !== null) throw new ArrivalFileError(`line ${openedAt}: the quote that opens there is never closed`);
}

/** Whether a field in quotes is still open. Quotes within a field that does not begin with one mean nothing. */
function endsInQuotes(line: string, isContinued: boolean): boolean {
  let isInside = isContinued;
  let isAtStart = !isContinued;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] as string;
    if (isInside) {
      if (character !== '"') continue;
      if (line[at + 1] === '"') at++;
      else isInside = false;
    } else if (character === '"' && isAtStart) {
      isInside = true;
      isAtStart = false;
    } else if (/[,;\t]/.test(character)) isAtStart = true;
    else if (/\S/.test(character)) isAtStart = false;
  }
  return isInside;
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
