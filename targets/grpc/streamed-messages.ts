/** What comes back on a stream of many messages: each is handed on when it is whole, unpacked where it says so. */

import { outcomes } from '../driver.ts';
import { type BodyCodec, isTooLarge } from '../driver-kit/body-codec.ts';
import { type Conclusion, failed, malformedAnswer, oversizedAnswer } from '../driver-kit/http2/conclusion.ts';
import { readUInt32 } from '../driver-kit/http2/http2-frames.ts';
import type { StreamAnswer } from '../driver-kit/http2/http2-stream.ts';
import { GrpcAnswer, largestMessageBytes, prefixBytes } from './grpc-answer.ts';

const streamEnded = failed('stream ended');

/** Takes a message. False: it makes no sense, which ends the stream. */
export type TakeMessage = (message: Uint8Array) => boolean;

export class StreamedMessages implements StreamAnswer {
  /** The headers and the status are read as those of a single answer. */
  readonly #status = new GrpcAnswer();
  readonly #codec: BodyCodec | null;
  readonly #take: TakeMessage;
  #encoding = '';
  /** The beginning of a message that is not whole, and how much must be there before it is looked at again. */
  readonly #pieces: Buffer[] = [];
  #here = 0;
  #needed = prefixBytes;

  constructor(codec: BodyCodec | null, take: TakeMessage) {
    this.#codec = codec;
    this.#take = take;
  }

  reset(): void {
    this.#status.reset();
    this.#encoding = '';
    this.#pieces.length = 0;
    this.#here = 0;
    this.#needed = prefixBytes;
  }

  header(name: string, value: string): void {
    if (name === 'grpc-encoding') this.#encoding = value;
    this.#status.header(name, value);
  }

  headersEnded(isLast: boolean): Conclusion | null {
    return this.#status.headersEnded(isLast);
  }

  data(bytes: Uint8Array, start: number, end: number): Conclusion | null {
    if (!this.#status.hasMessages) return null; // an error page, say
    if (this.#here === 0) return this.#split(bytes, start, end);
    this.#keep(bytes, start, end);
    if (this.#here < this.#needed) return null;
    const whole = Buffer.concat(this.#pieces);
    this.#pieces.length = 0;
    this.#here = 0;
    return this.#split(whole, 0, whole.length);
  }

  /** Copies: the memory is read into again. */
  #keep(bytes: Uint8Array, start: number, end: number): void {
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
    this.#here += end - start;
  }

  #split(bytes: Uint8Array, start: number, end: number): Conclusion | null {
    let at = start;
    this.#needed = prefixBytes;
    while (end - at >= prefixBytes) {
      const length = readUInt32(bytes, at + 1);
      if (length > largestMessageBytes) return oversizedAnswer;
      this.#needed = prefixBytes + length;
      if (end - at < this.#needed) break;
      const bad = this.#message(bytes[at] as number, bytes.subarray(at + prefixBytes, at + this.#needed));
      if (bad !== null) return bad;
      at += this.#needed;
      this.#needed = prefixBytes;
    }
    if (at < end) this.#keep(bytes, at, end);
    return null;
  }

  #message(flag: number, bytes: Uint8Array): Conclusion | null {
    if (flag === 0) return this.#take(bytes) ? null : malformedAnswer;
    if (flag !== 1 || this.#codec === null) return malformedAnswer;
    let plain: Buffer;
    try {
      plain = this.#codec.unpack(Buffer.from(bytes), this.#encoding);
    } catch (error) {
      return isTooLarge(error) ? oversizedAnswer : malformedAnswer;
    }
    return this.#take(plain) ? null : malformedAnswer;
  }

  /** Whatever it says, those that wait for an answer get none; a refusal is told as one. */
  conclude(): Conclusion {
    const conclusion = this.#status.conclude();
    return conclusion.outcome === outcomes.rejected ? conclusion : streamEnded;
  }
}
