/** Finds the end of a chunked body (RFC 9112 §7.1), trailer included, wherever the reads split it. */

import type { PackedContent } from '../driver-kit/packed-content.ts';
import { type AnswerState, answerStates, longestBodyBytes, longestHeadBytes } from './answer-state.ts';
import { hexDigit, isBlank, isNameByte, isValueByte } from './http-bytes.ts';

const { incomplete, complete, malformed, oversized } = answerStates;
const cr = 0x0d;
const lf = 0x0a;
const semicolon = 0x3b;
const mostSizeDigits = 12;

const parts = {
  size: 0,
  extension: 1,
  sizeLf: 2,
  data: 3,
  dataCr: 4,
  dataLf: 5,
  trailerStart: 6,
  trailer: 7,
  trailerLf: 8,
  lastLf: 9,
} as const;
type Part = (typeof parts)[keyof typeof parts];

export class ChunkReader {
  /** Offset behind what was read. */
  consumed = 0;
  #part: Part = parts.size;
  /** Of the chunk. */
  #remaining = 0;
  #sizeDigits = 0;
  #bodyBytes = 0;
  #lineBytes = 0;

  begin(): void {
    this.#bodyBytes = 0;
    this.#beginChunk();
  }

  #beginChunk(): void {
    this.#part = parts.size;
    this.#remaining = 0;
    this.#sizeDigits = 0;
    this.#lineBytes = 0;
  }

  /** `content` gets what the chunks hold. */
  read(bytes: Buffer, start: number, end: number, content: PackedContent | null = null): AnswerState {
    let at = start;
    let state: AnswerState = incomplete;
    while (at < end && state === incomplete) {
      if (this.#part === parts.data) {
        const taken = Math.min(end - at, this.#remaining);
        content?.take(bytes, at, at + taken);
        at += taken;
        this.#remaining -= taken;
        if (this.#remaining === 0) this.#part = parts.dataCr;
      } else state = this.#readByte(bytes[at++] as number);
    }
    this.consumed = at;
    return state;
  }

  /** Everything between the data of two chunks, and the trailer. */
  #readByte(byte: number): AnswerState {
    switch (this.#part) {
      case parts.size:
        return this.#readSize(byte);
      case parts.extension:
        return this.#readLine(byte, parts.sizeLf);
      case parts.sizeLf:
        this.#lineBytes = 0;
        this.#part = this.#remaining === 0 ? parts.trailerStart : parts.data;
        this.#bodyBytes += this.#remaining;
        if (byte !== lf) return malformed;
        return this.#bodyBytes > longestBodyBytes ? oversized : incomplete;
      case parts.dataCr:
        this.#part = parts.dataLf;
        return byte === cr ? incomplete : malformed;
      case parts.dataLf:
        this.#beginChunk();
        return byte === lf ? incomplete : malformed;
      case parts.trailerStart:
        this.#part = byte === cr ? parts.lastLf : parts.trailer;
        return byte === cr || isNameByte(byte) ? this.#countLineByte() : malformed;
      case parts.trailer:
        return this.#readLine(byte, parts.trailerLf);
      case parts.trailerLf:
        this.#part = parts.trailerStart;
        return byte === lf ? incomplete : malformed;
      default:
        return byte === lf ? complete : malformed;
    }
  }

  #readSize(byte: number): AnswerState {
    const value = hexDigit(byte);
    if (value >= 0) {
      if (++this.#sizeDigits > mostSizeDigits) return malformed;
      this.#remaining = this.#remaining * 16 + value;
      return incomplete;
    }
    if (this.#sizeDigits === 0) return malformed;
    if (byte === cr) this.#part = parts.sizeLf;
    else if (byte === semicolon || isBlank(byte)) this.#part = parts.extension;
    else return malformed;
    return incomplete;
  }

  #readLine(byte: number, next: Part): AnswerState {
    if (byte === cr) this.#part = next;
    else if (!isValueByte(byte)) return malformed;
    return this.#countLineByte();
  }

  /** Extensions and trailers are bounded like a head. */
  #countLineByte(): AnswerState {
    return ++this.#lineBytes > longestHeadBytes ? oversized : incomplete;
  }
}
