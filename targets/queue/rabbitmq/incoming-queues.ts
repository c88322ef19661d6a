/** What a queue session takes from the broker: its replies, and its own messages out of queues of the user's. */
import type { Channel, ConsumeMessage } from 'amqplib';
import type { QueueRequest, QueueTarget } from '../../../scenarios/scenario.ts';
import { compileTemplate } from '../../driver-kit/request-template.ts';
import { namesQueue } from './own-broker.ts';
import { isOfStream, isOurs, requireTakeable, streamThatRefused } from './taken-queue.ts';

export interface IncomingQueuesOptions {
  readonly target: QueueTarget;
  /** By operation. */
  readonly requests: readonly QueueRequest[];
  readonly expectsReplies: boolean;
  readonly worker: number;
  /** null: the queue was deleted. */
  received(message: ConsumeMessage | null): void;
  /** No more would come on this connection; `reason`: what the waiting attempts fail with. */
  overfull(reason: string): void;
}

/** RabbitMQ's name for replies without a queue: to whoever consumes from it, on the channel that publishes. */
const directReplyTo = 'amq.rabbitmq.reply-to';

/** Of one session, through all its connections. */
export class IncomingQueues {
  readonly #options: IncomingQueuesOptions;
  readonly #target: QueueTarget;
  #replyQueue = '';
  #connections = 0;
  /** Later connections find messages of our own. */
  #wasPrepared = false;
  /** Of the queues that are taken from: they are read, and nothing is taken away. */
  readonly #streams = new Set<string>();
  /** Messages of others, not acknowledged. */
  #held = 0;

  constructor(options: IncomingQueuesOptions) {
    this.#options = options;
    this.#target = options.target;
  }

  /** Of the latest connection; '' where no operation expects a reply. */
  get replyQueue(): string {
    return this.#replyQueue;
  }

  /** A queue turned out to be a stream, which ended the connection: the next one treats it as such. */
  isRefusedStream(error: unknown): boolean {
    const stream = streamThatRefused(error);
    if (stream === null || this.#streams.has(stream)) return false;
    this.#streams.add(stream);
    return true;
  }

  /** Direct replies come to whoever publishes. */
  get needsConnection(): boolean {
    return (this.#options.expectsReplies && !this.#isDirect) || this.#target.consume !== false;
  }

  get #isDirect(): boolean {
    return this.#target.replies === 'direct';
  }

  /** On the channel that publishes. Rejects as amqplib does where a queue or exchange of the user's own is not there. */
  async preparePublishing(channel: Channel): Promise<void> {
    if (this.#options.expectsReplies && this.#isDirect) {
      this.#replyQueue = directReplyTo;
      await this.#consumeExclusive(channel, directReplyTo);
    }
    if (this.#target.address === undefined) return;
    const { requests } = this.#options;
    for (const exchange of new Set(requests.map(({ exchange }) => exchange))) {
      if (exchange !== '' && compileTemplate(exchange).isConstant) await channel.checkExchange(exchange);
    }
    for (const queue of this.#queues()) await channel.checkQueue(queue);
  }

  /** Of a connection of its own. Rejects as amqplib does; `isRefusedStream` says whether to try again. */
  async consume(channel: Channel): Promise<void> {
    if (this.#options.expectsReplies && !this.#isDirect) {
      this.#replyQueue = await this.#replyQueueOn(channel);
      if (this.#target.address === undefined) await this.#consumeExclusive(channel, this.#replyQueue);
      else await this.#take(channel, this.#replyQueue);
    }
    const { consume } = this.#target;
    if (consume === true) for (const queue of this.#queues()) await this.#take(channel, queue);
    else if (consume !== false) await this.#consumeBound(channel, consume.bind);
    this.#wasPrepared = true;
  }

  /** Those that requests name. */
  #queues(): Set<string> {
    return new Set(this.#options.requests.filter(namesQueue).map(({ routingKey }) => routingKey));
  }

  /**
   * An own system's is named by the scenario. A reference target's is exclusive, and another for each connection: the
   * broker may take a lost connection, and so the consumer on it, for alive much longer than we do.
   */
  async #replyQueueOn(channel: Channel): Promise<string> {
    const { address, reply } = this.#target;
    const name = reply?.queue ?? '';
    if (address !== undefined) return (await channel.checkQueue(name)).queue;
    const own = `${name}-${this.#options.worker}-${this.#connections++}`;
    return (await channel.assertQueue(own, { exclusive: true, durable: false, autoDelete: true })).queue;
  }

  /** Ours alone: whatever comes was sent to nobody else. */
  async #consumeExclusive(channel: Channel, queue: string): Promise<void> {
    await channel.consume(queue, (message) => this.#options.received(message), { noAck: true });
  }

  async #consumeBound(channel: Channel, { exchange, routingKey }: { exchange: string; routingKey: string }) {
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false, autoDelete: true });
    await channel.bindQueue(queue, exchange, routingKey);
    await this.#consumeExclusive(channel, queue);
  }

  /** The user's: what is not ours is not acknowledged, and so goes back when the channel closes. */
  async #take(channel: Channel, queue: string): Promise<void> {
    const mayDiscard = this.#target.existing === 'discard';
    if (!this.#wasPrepared && !this.#streams.has(queue)) {
      await requireTakeable(channel, queue, {
        mayDiscard,
        isOurs: ({ properties }) => isOurs(properties.correlationId),
        ownQueue: 'consume: { bind: { exchange, routingKey } }',
        discardAt: 'on the target',
      });
    }
    this.#held = 0;
    await channel.prefetch(this.#target.prefetch);
    await channel.consume(queue, (message) => {
      if (message === null || mayDiscard || isOurs(message.properties.correlationId) || isOfStream(message)) {
        if (message !== null) channel.ack(message);
        this.#options.received(message);
      } else if (++this.#held >= this.#target.prefetch) {
        // No more would come: they go back, and it begins anew.
        this.#options.overfull('the queue is full of messages of others');
      }
    });
  }
}
