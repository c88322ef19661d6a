/** Reads a server's frames (RFC 6455 §5) from whatever pieces the socket brings and puts messages together. */
import { isUtf8 } from 'node:buffer';
import { opcodes, packedBit } from './frame-writer.ts';

/** The largest payload (16 MiB) and what a service may wrap around it. */
export const longestMessageBytes = 17 * 1024 * 1024;
const longestControlBytes = 125;
/** A message kept from one read to the next starts with this much memory. */
const firstMessageBytes = 4 * 1024;

export interface FrameListener {
  /** A whole message, text or binary; the bytes are gone after the call. */
  message(bytes: Buffer, start: number, end: number, isPacked: boolean): void;
  ping(payload: Buffer): void;
  /** `code` 1005: the peer gave none. */
  peerCloses(code: number): void;
}

export class FrameReader {
  readonly #listener: FrameListener;
  /** Of the frame under way: a header split over reads. */
  readonly #header = Buffer.alloc(10);
  #headerBytes = 0;
  #inPayload = false;
  #opcode = 0;
  #isFinal = false;
  #remaining = 0;
  /** Parts of the message under way, or null. */
  #message: Buffer | null = null;
  #messageBytes = 0;
  #inMessage = false;
  readonly #control = Buffer.alloc(longestControlBytes);
  #controlBytes = 0;
  #stopped = false;
  #mayBePacked = false;
  /** The message under way. */
  #isPacked = false;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** permessage-deflate was agreed on (RFC 7692). */
  allowPacked(): void {
    this.#mayBePacked = true;
  }

  /** Nothing more is read: the connection was given up from within a listener. */
  stop(): void {
    this.#stopped = true;
  }

  /** '' when all is well, else why the peer breaks the protocol: the connection is of no more use. */
  read(bytes: Buffer, start: number, end: number): '' | 'malformed answer' | 'oversized answer' {
    let at = start;
    while (at < end && !this.#stopped) {
      if (!this.#inPayload) {
        at = this.#readHeader(bytes, at, end);
        if (at === -1) return 'malformed answer';
        if (!this.#inPayload) return ''; // the rest of the header is still to come
        if (this.#remaining + (this.#isControl ? 0 : this.#messageBytes) > longestMessageBytes)
          return 'oversized answer';
      }
      const taken = Math.min(end - at, this.#remaining);
      this.#remaining -= taken;
      const isWhole = this.#remaining === 0;
      this.#inPayload = !isWhole;
      if (!this.#isControl) this.#takeData(bytes, at, at + taken, isWhole);
      else if (!this.#takeControl(bytes, at, at + taken, isWhole)) return 'malformed answer';
      at += taken;
    }
    return '';
  }

  get #isControl(): boolean {
    return this.#opcode >= opcodes.close;
  }

  /** Offset behind the header (or the bytes, when it goes on in the next read); -1 for one that breaks the rules. */
  #readHeader(bytes: Buffer, start: number, end: number): number {
    let at = start;
    for (;;) {
      const wanted = this.#headerBytes < 2 ? 2 : headerBytes((this.#header[1] as number) & 0x7f);
      if (this.#headerBytes === wanted) break;
      if (at === end) return at;
      this.#header[this.#headerBytes++] = bytes[at++] as number;
    }
    this.#headerBytes = 0;
    return this.#beginFrame() ? at : -1;
  }

  #beginFrame(): boolean {
    const first = this.#header[0] as number;
    const second = this.#header[1] as number;
    const reserved = first & 0x70;
    this.#isFinal = (first & 0x80) !== 0;
    this.#opcode = first & 0x0f;
    // Reserved bits are 0, but for the one that begins a packed message where that was agreed on; servers do not mask.
    const begins = this.#opcode === opcodes.text || this.#opcode === opcodes.binary;
    if ((reserved !== 0 && !(reserved === packedBit && begins && this.#mayBePacked)) || (second & 0x80) !== 0)
      return false;
    if (begins) this.#isPacked = reserved === packedBit;
    const length = second & 0x7f;
    if (length < 126) this.#remaining = length;
    else if (length === 126) this.#remaining = this.#header.readUInt16BE(2);
    else this.#remaining = this.#header.readUInt32BE(2) * 2 ** 32 + this.#header.readUInt32BE(6);
    this.#inPayload = true;
    switch (this.#opcode) {
      case opcodes.text:
      case opcodes.binary:
        return !this.#inMessage;
      case opcodes.continuation:
        return this.#inMessage;
      case opcodes.close:
      case opcodes.ping:
      case opcodes.pong:
        return this.#isFinal && this.#remaining <= longestControlBytes;
      default:
        return false;
    }
  }

  #takeData(bytes: Buffer, start: number, end: number, isWhole: boolean): void {
    if (!this.#inMessage && isWhole && this.#isFinal) {
      this.#listener.message(bytes, start, end, this.#isPacked); // nearly always: the whole message in one read, no copy
      return;
    }
    this.#inMessage = true;
    this.#keep(bytes, start, end);
    if (!isWhole || !this.#isFinal) return;
    const message = this.#message as Buffer;
    const length = this.#messageBytes;
    this.#inMessage = false;
    this.#messageBytes = 0;
    this.#message = null;
    this.#listener.message(message, 0, length, this.#isPacked);
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const length = this.#messageBytes + end - start;
    if (this.#message === null || this.#message.length < length) {
      const expected = Math.max(firstMessageBytes, length + this.#remaining, this.#messageBytes * 2);
      const grown = Buffer.allocUnsafe(Math.min(longestMessageBytes, expected));
      this.#message?.copy(grown, 0, 0, this.#messageBytes);
      this.#message = grown;
    }
    bytes.copy(this.#message, this.#messageBytes, start, end);
    this.#messageBytes = length;
  }

  /** False for a close that breaks the rules. */
  #takeControl(bytes: Buffer, start: number, end: number, isWhole: boolean): boolean {
    bytes.copy(this.#control, this.#controlBytes, start, end);
    this.#controlBytes += end - start;
    if (!isWhole) return true;
    const payload = this.#control.subarray(0, this.#controlBytes);
    this.#controlBytes = 0;
    if (this.#opcode === opcodes.ping) this.#listener.ping(payload);
    else if (this.#opcode === opcodes.close) {
      if (payload.length === 0) this.#listener.peerCloses(1005);
      else if (!isClosePayload(payload)) return false;
      else this.#listener.peerCloses(payload.readUInt16BE(0));
    }
    return true;
  }
}

/** RFC 6455 §7.4: codes that may be sent, and a reason that is text. */
function isClosePayload(payload: Buffer): boolean {
  if (payload.length < 2) return false;
  const code = payload.readUInt16BE(0);
  const isSent = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
  return isSent && isUtf8(payload.subarray(2));
}

function headerBytes(length: number): number {
  return length < 126 ? 2 : length === 126 ? 4 : 10;
}
