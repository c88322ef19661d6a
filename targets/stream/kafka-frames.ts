import type { IncomingFrames } from '../driver-kit/guard-incoming.ts';

const lengthBytes = 4;
/** A correlation id is in every answer. */
const fewestBytes = 4;
/** Far more than any answer that we ask for: a fetch is a batch at least, and a batch a message of 16 MiB at most. */
const mostBytes = 64 * 1024 * 1024;

/** Kafka's answers: their length, four bytes, and so many bytes. */
export class KafkaFrames implements IncomingFrames {
  #length = 0;
  #lengthBytesHere = 0;
  #left = 0;

  accept(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      this.#length = this.#length * 256 + (chunk[at++] as number);
      if (++this.#lengthBytesHere < lengthBytes) continue;
      if (this.#length < fewestBytes || this.#length > mostBytes) return false;
      this.#left = this.#length;
      this.#length = 0;
      this.#lengthBytesHere = 0;
    }
    return true;
  }
}
