import { HeadedFrames, refused } from '../../driver-kit/guard-incoming.ts';

/** Type, channel, size. */
const frameHeaderBytes = 7;
const endBytes = 1;
const contentHeader = 2;
/** Of its payload: class, weight, and the size of the message that follows. */
const contentHeaderBytes = 12;
const bodySizeAt = frameHeaderBytes + 4;
/** Far more than any message that we make, for others' may be in an own queue; amqplib itself holds whatever is announced. */
const mostBodyBytes = 64 * 1024 * 1024;

/** AMQP 0-9-1 behind its handshake: no message may be announced that is larger than anybody's. */
export class AmqpFrames extends HeadedFrames {
  readonly #head = Buffer.alloc(frameHeaderBytes + contentHeaderBytes);
  #headHere = 0;

  protected takeHead(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#head, this.#headHere, at, at + this.#headBytes - this.#headHere);
    this.#headHere += copied;
    return copied;
  }

  protected endOfHead(): number | null {
    if (this.#headHere < this.#headBytes) return null;
    if (this.#isContent && this.#head.readBigUInt64BE(bodySizeAt) > mostBodyBytes) return refused;
    const left = frameHeaderBytes + this.#size + endBytes - this.#headHere;
    this.#headHere = 0;
    return left;
  }

  /** What of this frame must be here to judge it. */
  get #headBytes(): number {
    return frameHeaderBytes + (this.#headHere >= frameHeaderBytes && this.#isContent ? contentHeaderBytes : 0);
  }

  get #size(): number {
    return this.#head.readUInt32BE(3);
  }

  get #isContent(): boolean {
    return this.#head[0] === contentHeader && this.#size >= contentHeaderBytes;
  }
}
