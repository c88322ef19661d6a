import { HeadedFrames, refused } from '../driver-kit/guard-incoming.ts';

const lengthBytes = 4;
/** A correlation id is in every answer. */
const fewestBytes = 4;
/** Far more than any answer that we ask for: a fetch is a batch at least, and a batch a message of 16 MiB at most. */
const mostBytes = 64 * 1024 * 1024;

/** Kafka's answers: their length, four bytes, and so many bytes. */
export class KafkaFrames extends HeadedFrames {
  #length = 0;
  #lengthBytesHere = 0;

  protected takeHead(chunk: Buffer, at: number): number {
    this.#length = this.#length * 256 + (chunk[at] as number);
    this.#lengthBytesHere++;
    return 1;
  }

  protected endOfHead(): number | null {
    if (this.#lengthBytesHere < lengthBytes) return null;
    const length = this.#length;
    this.#length = 0;
    this.#lengthBytesHere = 0;
    return length < fewestBytes || length > mostBytes ? refused : length;
  }
}
