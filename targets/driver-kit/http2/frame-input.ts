/** Cuts what was read into frames, however the peer's writes were split or run together. */
import { defaultFrameBytes, frameHeaderBytes, Http2Error } from './http2-frames.ts';

export interface FrameSink {
  /** The payload is at `start` of `bytes`, which are gone after the call. Returns false to stop reading. */
  frame(type: number, flags: number, streamId: number, bytes: Buffer, start: number, end: number): boolean;
}

export class FrameInput {
  readonly #sink: FrameSink;
  /** The beginning of a frame whose end is still to come. */
  #carry: Buffer | null = null;
  #carried = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Throws an Http2Error for a frame longer than we allow. */
  read(buffer: Buffer, length: number): void {
    let at = this.#carried === 0 ? 0 : this.#complete(buffer, length);
    while (length - at >= frameHeaderBytes) {
      const end = at + frameHeaderBytes + payloadLength(buffer, at);
      if (end > length) break;
      if (!this.#hand(buffer, at, end)) return;
      at = end;
    }
    if (at >= length) return;
    this.#carry ??= Buffer.allocUnsafeSlow(frameHeaderBytes + defaultFrameBytes);
    this.#carried = buffer.copy(this.#carry, 0, at, length);
  }

  /** Hands over the carried frame once it is whole; returns the offset behind its end, or `length`. */
  #complete(buffer: Buffer, length: number): number {
    const carry = this.#carry as Buffer;
    let at = 0;
    if (this.#carried < frameHeaderBytes) {
      const taken = buffer.copy(carry, this.#carried, 0, Math.min(length, frameHeaderBytes - this.#carried));
      this.#carried += taken;
      at = taken;
      if (this.#carried < frameHeaderBytes) return length;
    }
    const end = frameHeaderBytes + payloadLength(carry, 0);
    const taken = buffer.copy(carry, this.#carried, at, Math.min(length, at + end - this.#carried));
    this.#carried += taken;
    at += taken;
    if (this.#carried < end) return length;
    this.#carried = 0;
    return this.#hand(carry, 0, end) ? at : length;
  }

  #hand(bytes: Buffer, at: number, end: number): boolean {
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fffffff;
    const type = bytes[at + 3] as number;
    return this.#sink.frame(type, bytes[at + 4] as number, streamId, bytes, at + frameHeaderBytes, end);
  }
}

function payloadLength(bytes: Uint8Array, at: number): number {
  const length = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  if (length > defaultFrameBytes) throw new Http2Error(`frame of ${length} bytes`);
  return length;
}
