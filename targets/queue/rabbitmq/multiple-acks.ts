/**
 * One acknowledgement for several messages of a channel: up to the first that is still being handled, whatever finished
 * behind it, so that none is acknowledged before its effect.
 */
import type { Channel, ConsumeMessage } from 'amqplib';
import type { AckBatch } from '../../../scenarios/scenario.ts';

export class MultipleAcks {
  readonly #settings: AckBatch;
  readonly #acknowledge: (deliveryTag: number) => void;
  /** Tags in the order of delivery, from the first that is not acknowledged. */
  readonly #states = new Map<number, 'open' | 'handled' | 'returned'>();
  /** Handled ones up to the first that is not. */
  #ready = 0;
  #lastReady = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `acknowledge` is for this tag and all before it. */
  constructor(settings: AckBatch, acknowledge: (deliveryTag: number) => void) {
    this.#settings = settings;
    this.#acknowledge = acknowledge;
  }

  /** A message has come; tags rise. */
  begin(deliveryTag: number): void {
    this.#states.set(deliveryTag, 'open');
  }

  done(deliveryTag: number): void {
    this.#settle(deliveryTag, 'handled');
  }

  /** The broker was told of this one by itself: to acknowledge its tag again would be an error. */
  returned(deliveryTag: number): void {
    this.#settle(deliveryTag, 'returned');
  }

  #settle(deliveryTag: number, state: 'handled' | 'returned'): void {
    this.#states.set(deliveryTag, state);
    for (const [tag, reached] of this.#states) {
      if (reached === 'open') break;
      this.#states.delete(tag);
      if (reached === 'returned') continue;
      this.#lastReady = tag;
      this.#ready++;
    }
    if (this.#ready >= this.#settings.every) this.flush();
    else if (this.#ready > 0) this.#timer ??= setTimeout(() => this.flush(), this.#settings.lingerMs);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#ready === 0) return;
    this.#ready = 0;
    this.#acknowledge(this.#lastReady);
  }

  /** Its channel is gone: nothing can be acknowledged on it any more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#ready = 0;
  }
}

/** Of amqplib's acknowledgement only the tag counts; a channel that is gone takes none, and the broker delivers again. */
export function acknowledgeUpTo(channel: Channel, deliveryTag: number): void {
  try {
    channel.ack({ fields: { deliveryTag } } as ConsumeMessage, true);
  } catch {
    // Delivered again on the next connection.
  }
}
