/** Where the queue of our service sends what that refuses: an exchange and a queue of the trial's own, or one that exists. */
import type { Channel } from 'amqplib';
import type { QueueTarget } from '../../../scenarios/scenario.ts';

export class DeadLetterExchange {
  readonly exchange: string;
  /** A queue of this name takes all that comes; the exchange is the user's: null. */
  readonly #queue: string | null;

  /** `ownName`: of an exchange and a queue of the trial's own. null: no message of this target is dead-lettered. */
  static of({ onRefusal, deadLetter, ack, queue }: QueueTarget, ownName: string): DeadLetterExchange | null {
    const isLimited = queue?.deliveryLimit !== undefined;
    if ((onRefusal !== 'deadLetter' && !isLimited) || ack === 'auto') return null;
    return new DeadLetterExchange(deadLetter?.exchange ?? ownName, deadLetter === undefined ? ownName : null);
  }

  private constructor(exchange: string, queue: string | null) {
    this.exchange = exchange;
    this.#queue = queue;
  }

  /** The broker would drop without a word what is sent to an exchange that is not there: rejects when it is not. */
  async assert(channel: Channel, durable: boolean): Promise<void> {
    if (this.#queue === null) {
      await channel.checkExchange(this.exchange);
      return;
    }
    await channel.assertExchange(this.exchange, 'fanout', { durable });
    await channel.assertQueue(this.#queue, { durable, autoDelete: false });
    await channel.bindQueue(this.#queue, this.exchange, '');
  }

  async remove(channel: Channel | null): Promise<void> {
    if (this.#queue === null || channel === null) return;
    await channel.deleteQueue(this.#queue);
    await channel.deleteExchange(this.exchange);
  }
}
