/** Records that the service still has to send, replies and dead letters: kept and tried again until the broker has them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageToProduce, Producer } from '@platformatic/kafka';
import type { StreamCodec } from '../../scenarios/scenario.ts';

const sendRetryMs = 50;
const mostBytesInBatch = 786_432;

interface Owed {
  readonly message: MessageToProduce;
  readonly sent: (() => void) | undefined;
}

export class OwedRecords {
  readonly #producer: Producer;
  readonly #codec: StreamCodec | 'none';
  #owed: Owed[] = [];
  #isSending = false;
  #isClosed = false;

  constructor(producer: Producer, codec: StreamCodec | 'none') {
    this.#producer = producer;
    this.#codec = codec;
  }

  /** `sent`: called once, when the broker has it. */
  add(message: MessageToProduce, sent?: () => void): void {
    this.#owed.push({ message, sent });
    if (this.#isSending) return;
    this.#isSending = true;
    queueMicrotask(() => void this.#sendAll());
  }

  /** What gathered while the last batch was under way leaves as the next one. */
  async #sendAll(): Promise<void> {
    while (this.#owed.length > 0 && !this.#isClosed) {
      const batch = this.#owed.splice(0, batchLength(this.#owed));
      try {
        await this.#producer.send({
          messages: batch.map(({ message }) => message),
          acks: -1,
          compression: this.#codec,
        });
      } catch {
        this.#owed = [...batch, ...this.#owed];
        this.#producer.clearMetadata(); // the leader may be another one by now
        await sleep(sendRetryMs);
        continue;
      }
      for (const { sent } of batch) sent?.();
    }
    this.#isSending = false;
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** How many of the first fit into one batch: the broker refuses larger ones as a whole. */
function batchLength(owed: readonly Owed[]): number {
  let bytes = 0;
  for (const [n, { message }] of owed.entries()) {
    bytes += message.value?.length ?? 0;
    if (n > 0 && bytes > mostBytesInBatch) return n;
  }
  return owed.length;
}
