/**
 * Reads one HTTP/1.x answer at a time from whatever pieces the socket brings (RFC 9112): finds where it ends and what
 * its status is. Bodies are counted, and kept only where they are compressed and somebody wants to unpack them.
 */

import type { PackedContent } from '../driver-kit/packed-content.ts';
import { type AnswerState, answerStates, longestBodyBytes, longestHeadBytes } from './answer-state.ts';
import { ChunkReader } from './chunk-reader.ts';
import { digit, isBlank, isNameByte, isValueByte } from './http-bytes.ts';
import { retryAfterMs } from './retry-after.ts';

const { incomplete, complete, malformed, oversized } = answerStates;

const parts = { head: 0, body: 1, untilClose: 2, chunks: 3 } as const;
type Part = (typeof parts)[keyof typeof parts];

const cr = 0x0d;
const lf = 0x0a;
const space = 0x20;
const colon = 0x3a;

const version = Buffer.from('HTTP/1.');
/** Behind the end of a line: an empty one. */
const headEnds = [Buffer.from('\n\r\n'), Buffer.from('\n\n')];
/** As long as the shortest status line that says all: version, status and what ends it. */
const statusLineBytes = 13;
const headIncomplete = -1;
const headMalformed = -2;
const headOversized = -3;

const contentLength = Buffer.from('content-length');
const transferEncoding = Buffer.from('transfer-encoding');
const contentEncoding = Buffer.from('content-encoding');
const connection = Buffer.from('connection');
const retryAfter = Buffer.from('retry-after');
const location = Buffer.from('location');
const deprecation = Buffer.from('deprecation');
const sunset = Buffer.from('sunset');
const closeOption = Buffer.from('close');
const keepAliveOption = Buffer.from('keep-alive');

export class ResponseParser {
  /** Of the complete answer. */
  status = 0;
  /** Of the complete answer: the connection may be used again. */
  keepAlive = false;
  /** Of the complete answer: how long the service asks not to be tried again; 0: it does not say. */
  retryAfterMs = 0;
  /** Of the complete answer: what is called is deprecated, as written; null: it does not say. */
  deprecation: string | null = null;
  sunset: string | null = null;
  /** Of the complete answer, when its status is one that leads elsewhere; null: nowhere. */
  location: string | null = null;
  /** Offset behind the complete answer in the bytes last read; what follows was not asked for. */
  consumed = 0;

  #part: Part = parts.head;
  #answersHead = false;
  #carry: Buffer | null = null;
  #carried = 0;
  /** Of the body. */
  #remaining = 0;
  #bodyBytes = 0;
  readonly #chunks = new ChunkReader();
  readonly #content: PackedContent | null;

  #length = -1;
  #codings: string | null = null;

  /** `content`: who wants the bodies that are compressed. */
  constructor(content: PackedContent | null = null) {
    this.#content = content;
  }

  /** Call it before each request; `answersHead`: the request is a HEAD, whose answer has no body. */
  begin(answersHead: boolean): void {
    this.#answersHead = answersHead;
    this.#part = parts.head;
    this.#carried = 0;
    this.#bodyBytes = 0;
    this.status = 0;
  }

  /** Takes the next bytes. After anything but `incomplete`, `begin` is due. */
  read(bytes: Buffer, start: number, end: number): AnswerState {
    let at = start;
    while (this.#part === parts.head) {
      const bodyStart = this.#carried === 0 ? this.#parseHead(bytes, at, end) : this.#parseCarried(bytes, at, end);
      if (bodyStart === headMalformed) return malformed;
      if (bodyStart === headOversized) return oversized;
      if (bodyStart === headIncomplete) return this.#carryOver(bytes, at, end) ? incomplete : oversized;
      at = bodyStart;
      const state = this.#beginBody();
      if (state !== incomplete) return this.#finish(state, at);
      if (at === end && this.#part === parts.head) return incomplete; // an interim answer, so far alone
    }
    if (this.#part === parts.body) {
      const taken = Math.min(end - at, this.#remaining);
      this.#remaining -= taken;
      this.#content?.take(bytes, at, at + taken);
      return this.#finish(this.#remaining === 0 ? complete : incomplete, at + taken);
    }
    if (this.#part === parts.untilClose) {
      this.#bodyBytes += end - at;
      this.#content?.take(bytes, at, end);
      return this.#finish(this.#bodyBytes > longestBodyBytes ? oversized : incomplete, end);
    }
    const state = this.#chunks.read(bytes, at, end, this.#content);
    return this.#finish(state, this.#chunks.consumed);
  }

  /** The peer has closed: true when that is how the answer ends. */
  completeAtClose(): boolean {
    return this.#part === parts.untilClose;
  }

  /** Nothing of the answer has come yet. */
  get isUntouched(): boolean {
    return this.#part === parts.head && this.#carried === 0;
  }

  #finish(state: AnswerState, at: number): AnswerState {
    this.consumed = at;
    return state;
  }

  /** Keeps an incomplete head; false when it is too long. */
  #carryOver(bytes: Buffer, start: number, end: number): boolean {
    const length = this.#carried + end - start;
    if (length > longestHeadBytes) return false;
    if (this.#carry === null || this.#carry.length < length) {
      const grown = Buffer.allocUnsafe(Math.min(longestHeadBytes, Math.max(1024, length * 2)));
      this.#carry?.copy(grown, 0, 0, this.#carried);
      this.#carry = grown;
    }
    bytes.copy(this.#carry, this.#carried, start, end);
    this.#carried = length;
    return true;
  }

  /** The head began in an earlier read: joins it once its end is here, so that a dripping peer costs no re-parsing. */
  #parseCarried(bytes: Buffer, start: number, end: number): number {
    const carried = this.#carried;
    const carry = this.#carry as Buffer;
    const tail = carry.subarray(Math.max(0, carried - 2), carried);
    // Only the seam and what is new can hold the end of the head.
    const inSeam = behindHead(Buffer.concat([tail, bytes.subarray(start, Math.min(end, start + 2))]));
    const inNew = inSeam === -1 ? behindHead(bytes.subarray(start, end)) : inSeam - tail.length;
    if (inSeam === -1 && inNew === -1) return headIncomplete;
    const headEndsAt = start + inNew;
    if (!this.#carryOver(bytes, start, headEndsAt)) return headOversized;
    const length = this.#carried;
    this.#carried = 0;
    return this.#parseHead(this.#carry as Buffer, 0, length) === length ? headEndsAt : headMalformed;
  }

  /** Where the body starts, or one of the negative numbers. Lines end in CRLF or, as RFC 9112 §2.2 allows, in LF. */
  #parseHead(bytes: Buffer, start: number, end: number): number {
    let at = this.#parseStatusLine(bytes, start, end);
    if (at < 0) return at;
    this.#length = -1;
    this.#codings = null;
    this.#content?.begin();
    this.retryAfterMs = 0;
    this.location = null;
    this.deprecation = null;
    this.sunset = null;
    this.keepAlive = bytes[start + 7] === 0x31; // HTTP/1.1
    for (;;) {
      if (at === end) return headIncomplete;
      if (bytes[at] === lf || bytes[at] === cr) return lineEnd(bytes, at, end);
      const nameStart = at;
      while (at < end && isNameByte(bytes[at] as number)) at++;
      if (at === end) return headIncomplete;
      if (bytes[at] !== colon || at === nameStart) return headMalformed;
      const nameLength = at - nameStart;
      const valueStart = ++at;
      while (at < end && isValueByte(bytes[at] as number)) at++;
      const next = lineEnd(bytes, at, end);
      if (next < 0) return next;
      if (nameLength === contentEncoding.length && this.#content !== null) {
        this.#takeEncoding(this.#content, bytes, nameStart, valueStart, at);
      } else if (isKnownLength(nameLength) && !this.#takeHeader(bytes, nameStart, nameLength, valueStart, at)) {
        return headMalformed;
      }
      at = next;
    }
  }

  #parseStatusLine(bytes: Buffer, start: number, end: number): number {
    const known = Math.min(version.length, end - start);
    for (let i = 0; i < known; i++) if (bytes[start + i] !== version[i]) return headMalformed;
    if (end - start < statusLineBytes) return headIncomplete;
    const minor = bytes[start + 7];
    const hundreds = digit(bytes[start + 9]);
    const tens = digit(bytes[start + 10]);
    const ones = digit(bytes[start + 11]);
    if ((minor !== 0x30 && minor !== 0x31) || bytes[start + 8] !== space) return headMalformed;
    if (hundreds < 1 || tens < 0 || ones < 0) return headMalformed;
    this.status = hundreds * 100 + tens * 10 + ones;
    let at = start + 12;
    if (bytes[at] !== space && bytes[at] !== cr && bytes[at] !== lf) return headMalformed;
    while (at < end && isValueByte(bytes[at] as number)) at++;
    return lineEnd(bytes, at, end);
  }

  /** Takes note of a header that decides about framing or says when to come back; false when the framing makes no sense. */
  #takeHeader(bytes: Buffer, nameStart: number, nameLength: number, valueStart: number, valueEnd: number): boolean {
    let start = valueStart;
    let end = valueEnd;
    while (start < end && isBlank(bytes[start])) start++;
    while (start < end && isBlank(bytes[end - 1])) end--;
    if (equalsIgnoringCase(bytes, nameStart, nameLength, contentLength)) return this.#takeLength(bytes, start, end);
    if (equalsIgnoringCase(bytes, nameStart, nameLength, transferEncoding)) {
      const value = bytes.toString('latin1', start, end).toLowerCase();
      this.#codings = this.#codings === null ? value : `${this.#codings},${value}`;
    } else if (equalsIgnoringCase(bytes, nameStart, nameLength, connection)) this.#takeConnection(bytes, start, end);
    else if (equalsIgnoringCase(bytes, nameStart, nameLength, retryAfter)) {
      this.retryAfterMs = retryAfterMs(bytes.toString('latin1', start, end), Date.now());
    } else if (this.status >= 300 && this.status < 400 && equalsIgnoringCase(bytes, nameStart, nameLength, location)) {
      this.location = bytes.toString('latin1', start, end);
    } else if (equalsIgnoringCase(bytes, nameStart, nameLength, deprecation)) {
      this.deprecation = bytes.toString('latin1', start, end);
    } else if (equalsIgnoringCase(bytes, nameStart, nameLength, sunset)) {
      this.sunset = bytes.toString('latin1', start, end);
    }
    return true;
  }

  #takeEncoding(content: PackedContent, bytes: Buffer, nameStart: number, valueStart: number, valueEnd: number): void {
    if (!equalsIgnoringCase(bytes, nameStart, contentEncoding.length, contentEncoding)) return;
    const encoding = bytes.toString('latin1', valueStart, valueEnd).trim().toLowerCase();
    if (encoding !== 'identity')
      content.encoding = content.encoding === '' ? encoding : `${content.encoding}, ${encoding}`;
  }

  #takeLength(bytes: Buffer, start: number, end: number): boolean {
    if (start === end || end - start > 15) return false;
    let length = 0;
    for (let at = start; at < end; at++) {
      const value = digit(bytes[at]);
      if (value < 0) return false;
      length = length * 10 + value;
    }
    if (this.#length !== -1 && this.#length !== length) return false;
    this.#length = length;
    return true;
  }

  #takeConnection(bytes: Buffer, start: number, end: number): void {
    if (equalsIgnoringCase(bytes, start, end - start, keepAliveOption)) this.keepAlive = true;
    else if (equalsIgnoringCase(bytes, start, end - start, closeOption)) this.keepAlive = false;
    else {
      const options = bytes
        .toString('latin1', start, end)
        .toLowerCase()
        .split(/[\t ]*,[\t ]*/);
      if (options.includes('close')) this.keepAlive = false;
      else if (options.includes('keep-alive')) this.keepAlive = true;
    }
  }

  /** RFC 9112 §6.3. `incomplete`: there is a body to read, or the final answer follows this interim one. */
  #beginBody(): AnswerState {
    if (this.status < 200) return this.status === 101 ? malformed : incomplete; // nobody asked for an upgrade
    if (this.#answersHead || this.status === 204 || this.status === 304) return complete;
    if (this.#codings !== null) {
      if (this.#length !== -1) return malformed; // the two contradict: someone between may be smuggling
      const isChunked = this.#codings.split(',').at(-1)?.trim() === 'chunked';
      if (isChunked) this.#chunks.begin();
      if (isChunked) this.#part = parts.chunks;
      else this.#readUntilClose();
      return incomplete;
    }
    if (this.#length === -1) {
      this.#readUntilClose();
      return incomplete;
    }
    if (this.#length > longestBodyBytes) return oversized;
    if (this.#length === 0) return complete;
    this.#part = parts.body;
    this.#remaining = this.#length;
    return incomplete;
  }

  #readUntilClose(): void {
    this.#part = parts.untilClose;
    this.keepAlive = false;
  }
}

/** Where the next line of a head starts, or one of the negative numbers. */
function lineEnd(bytes: Buffer, at: number, end: number): number {
  if (at < end && bytes[at] === lf) return at + 1;
  if (at < end && bytes[at] !== cr) return headMalformed;
  if (at + 1 >= end) return headIncomplete;
  return bytes[at + 1] === lf ? at + 2 : headMalformed;
}

/** Behind the first empty line; -1 when there is none. */
function behindHead(bytes: Buffer): number {
  const found = headEnds.map((ending) => [bytes.indexOf(ending), ending.length] as const).filter(([at]) => at !== -1);
  return found.length === 0 ? -1 : Math.min(...found.map(([at, length]) => at + length));
}

/** knownLengths[n]: a header whose name has n bytes may be one that we read. */
const knownLengths = new Uint8Array(32);
for (const { length } of [
  ...[contentLength, transferEncoding, connection, retryAfter, location],
  ...[deprecation, sunset],
]) {
  knownLengths[length] = 1;
}

function isKnownLength(length: number): boolean {
  return knownLengths[length] === 1;
}

function equalsIgnoringCase(bytes: Buffer, start: number, length: number, lower: Buffer): boolean {
  if (length !== lower.length) return false;
  for (let i = 0; i < length; i++) if (((bytes[start + i] as number) | 0x20) !== lower[i]) return false;
  return true;
}
