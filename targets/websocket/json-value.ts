/** One value of a JSON text, found without parsing the rest: most answers hold id and code near their start. */

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;
const comma = 0x2c;
const space = 0x20;

const absent = -1;
/** Escapes, other alphabets, arrays on the way, malformed text: JSON.parse is to say. */
const unsure = -2;

export class JsonValue {
  readonly #path: readonly string[];
  readonly #pathBytes: readonly Buffer[];
  #end = 0;

  /** `pointer` as of RFC 6901, e.g. `/id` or `/result/0/id`. */
  constructor(pointer: string) {
    this.#path = pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    this.#pathBytes = this.#path.map((part) => Buffer.from(part));
  }

  /**
   * The value as text: of a string its content, of a number, true or false how it is written. null when it is not there,
   * is none of these, or the text is no JSON. Behind the value the text is not looked at; of equal names the first counts.
   */
  textIn(bytes: Buffer, start: number, end: number): string | null {
    const at = this.#find(bytes, start, end);
    if (at === absent) return null;
    if (at === unsure) return this.#parsed(bytes.toString('utf8', start, end));
    return bytes.toString('latin1', at, this.#end);
  }

  #parsed(text: string): string | null {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return null;
    }
    for (const part of this.#path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return null;
      value = (value as Record<string, unknown>)[part];
    }
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
  }

  /** Where the value's text starts, with its end in `#end`. */
  #find(bytes: Buffer, start: number, end: number): number {
    let at = skipBlanks(bytes, start, end);
    for (let depth = 0; depth < this.#path.length; depth++) {
      if (byteAt(bytes, at, end) !== openBrace) return unsure;
      at = findMember(bytes, at + 1, end, this.#pathBytes[depth] as Buffer);
      if (at < 0) return at;
    }
    return this.#takeValue(bytes, at, end);
  }

  #takeValue(bytes: Buffer, start: number, end: number): number {
    const isText = byteAt(bytes, start, end) === quote;
    let at = isText ? start + 1 : start;
    const valueStart = at;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (isText ? byte === quote : endsScalar(byte)) break;
      if (byte === backslash || byte < space || byte > 0x7e) return unsure;
    }
    if (at >= end || (!isText && !isScalarStart(bytes[valueStart] as number))) return unsure;
    this.#end = at;
    return valueStart;
  }
}

/** Each element of a JSON array, without parsing it; nothing for what is no array, and none after malformed text. */
export function forEachElement(
  bytes: Buffer,
  start: number,
  end: number,
  what: (start: number, end: number) => void,
): void {
  let at = skipBlanks(bytes, start, end);
  if (byteAt(bytes, at, end) !== openBracket) return;
  do {
    const from = skipBlanks(bytes, at + 1, end);
    const to = skipValue(bytes, from, end);
    if (to > from) what(from, to);
    at = skipBlanks(bytes, to, end);
  } while (byteAt(bytes, at, end) === comma);
}

/** Where the value of this name starts, `absent` or `unsure`; `start` is behind the opening brace. */
function findMember(bytes: Buffer, start: number, end: number, name: Buffer): number {
  let at = skipBlanks(bytes, start, end);
  while (byteAt(bytes, at, end) === quote) {
    const nameStart = at + 1;
    at = skipString(bytes, at, end);
    const isName = at - 1 - nameStart === name.length && matches(bytes, nameStart, name);
    if (!isName && hasEscape(bytes, nameStart, at)) return unsure; // it may spell the name another way
    at = skipBlanks(bytes, at, end);
    if (byteAt(bytes, at, end) !== colon) return unsure;
    at = skipBlanks(bytes, at + 1, end);
    if (isName) return at;
    at = skipBlanks(bytes, skipValue(bytes, at, end), end);
    const next = byteAt(bytes, at, end);
    if (next !== comma) return next === closeBrace ? absent : unsure;
    at = skipBlanks(bytes, at + 1, end);
  }
  return byteAt(bytes, at, end) === closeBrace ? absent : unsure;
}

/** What stands behind the end is of an earlier read. */
function byteAt(bytes: Buffer, at: number, end: number): number {
  return at < end ? (bytes[at] as number) : -1;
}

/** Offset behind the value; `end` when it does not end. */
function skipValue(bytes: Buffer, start: number, end: number): number {
  const first = byteAt(bytes, start, end);
  if (first === quote) return skipString(bytes, start, end);
  if (first !== openBrace && first !== openBracket) {
    let at = start;
    while (at < end && !endsScalar(bytes[at] as number)) at++;
    return at;
  }
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === quote) at = skipString(bytes, at, end) - 1;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at + 1;
  }
  return end;
}

/** `start` is at the opening quote; offset behind the closing one. */
function skipString(bytes: Buffer, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte === backslash) at++;
  }
  return end;
}

function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at] as number)) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === space || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsScalar(byte: number): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || isBlank(byte);
}

/** A number, true or false. */
function isScalarStart(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39) || byte === 0x74 || byte === 0x66;
}

function matches(bytes: Buffer, start: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
  return true;
}

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === backslash) return true;
  return false;
}
