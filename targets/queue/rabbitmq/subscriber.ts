/**
 * Subscribers of RabbitMQ: a queue each behind one fanout exchange, and a connection each, so that none waits for another.
 * With `resume: lastSeen` a queue stays while its subscriber is away; else it is gone with the connection. With
 * `subscription: shared` there is one queue, which stays, and all take from it.
 */
import type { Channel, ConsumeMessage } from 'amqplib';
import type { QueueTarget } from '../../../scenarios/scenario.ts';
import { openedSession } from '../../driver-kit/opened-session.ts';
import { unlessAborted } from '../../process/unless-aborted.ts';
import type { EventSink, SubscriberContext, SubscriberDriver, Subscription } from '../../subscriber.ts';
import { BrokerChannel } from './broker-channel.ts';
import { acknowledgeUpTo, MultipleAcks } from './multiple-acks.ts';
import { brokerAddress, cannotOpen } from './own-broker.ts';
import { queueArguments } from './queue-arguments.ts';

/** Of a queue whose subscriber never comes back, as when its process was killed. */
const expiresMs = 600_000;
/** Of each channel’s only consumer. */
const consumerTag = 'subscriber';

export const rabbitmqSubscriber: SubscriberDriver = {
  async open(context, sink, signal) {
    const explain = (cause: unknown) => (signal.aborted ? cause : cannotOpen(context, cause));
    return openedSession(new QueueSubscribers(context, sink), signal, explain);
  },
};

class QueueSubscribers implements Subscription {
  readonly #all: ReadonlyMap<number, QueueSubscriber>;

  constructor(context: SubscriberContext, sink: EventSink) {
    this.#all = new Map(context.subscribers.map((number) => [number, new QueueSubscriber(number, context, sink)]));
  }

  async open(signal: AbortSignal): Promise<void> {
    await unlessAborted(Promise.all([...this.#all.values()].map((one) => one.broker.open())), signal);
  }

  pause(subscriber: number): void {
    this.#all.get(subscriber)?.broker.hold(true);
  }

  resume(subscriber: number): void {
    this.#all.get(subscriber)?.broker.hold(false);
  }

  reconnects(): number {
    return this.#sum(({ reconnects }) => reconnects);
  }

  bytesRead(): number {
    return this.#sum(({ bytesRead }) => bytesRead);
  }

  #sum(of: (broker: BrokerChannel) => number): number {
    return [...this.#all.values()].reduce((sum, { broker }) => sum + of(broker), 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all.values()].map((one) => one.close()));
  }
}

class QueueSubscriber {
  readonly broker: BrokerChannel;
  readonly #number: number;
  readonly #context: SubscriberContext;
  readonly #target: QueueTarget;
  readonly #sink: EventSink;
  /** '': a new one of the broker's naming each time. */
  readonly #kept: string;
  #channel: Channel | null = null;
  #acks: MultipleAcks | undefined;

  constructor(number: number, context: SubscriberContext, sink: EventSink) {
    this.#number = number;
    this.#context = context;
    this.#target = context.target as QueueTarget;
    this.#sink = sink;
    const isShared = this.#target.subscription === 'shared';
    const isKept = isShared || context.resume === 'lastSeen';
    this.#kept = isKept ? `${this.#exchange}-${isShared ? 'shared' : number}` : '';
    const { urls, options: socket } = brokerAddress(this.#target, context.address);
    this.broker = new BrokerChannel({
      ...{ urls, socket },
      confirms: false,
      prepare: (channel) => this.#consume(channel),
      opened: (channel) => {
        this.#channel = channel;
      },
      lost: () => {
        this.#channel = null;
        this.#acks?.close();
        sink.lost(number);
      },
    });
  }

  get #exchange(): string {
    return this.#context.names.events ?? '';
  }

  async #consume(channel: Channel): Promise<void> {
    const { durable, prefetch, ack, ackBatch } = this.#target;
    await channel.assertExchange(this.#exchange, 'fanout', { durable });
    // The service is one listener more: what is published takes effect there, as what is handed over does.
    if (this.#number === 0) await channel.bindQueue(this.#context.names.requests ?? '', this.#exchange, '');
    const queue = await this.#queueOn(channel);
    await channel.bindQueue(queue, this.#exchange, '');
    await channel.prefetch(prefetch); // of no effect without acknowledgements
    this.#acks = ackBatch && new MultipleAcks(ackBatch, (tag) => acknowledgeUpTo(channel, tag));
    const noAck = ack === 'auto';
    this.#sink.subscribed(this.#number);
    try {
      await channel.consume(queue, (message) => this.#take(channel, message, noAck), { noAck, consumerTag });
    } catch (cause) {
      this.#sink.lost(this.#number);
      throw cause;
    }
  }

  async #queueOn(channel: Channel): Promise<string> {
    const { durable, queue } = this.#target;
    if (this.#kept === '') return (await channel.assertQueue('', { exclusive: true, durable: false })).queue;
    const kind = queueArguments(queue);
    await channel.assertQueue(this.#kept, { durable, autoDelete: false, expires: expiresMs, arguments: kind });
    return this.#kept;
  }

  #take(channel: Channel, message: ConsumeMessage | null, noAck: boolean): void {
    if (message === null) {
      this.broker.renew(); // its queue was deleted
      return;
    }
    this.#sink.received(this.#number, String(message.properties.messageId ?? ''));
    if (noAck) return;
    if (this.#acks === undefined) {
      channel.ack(message);
      return;
    }
    this.#acks.begin(message.fields.deliveryTag);
    this.#acks.done(message.fields.deliveryTag);
  }

  /** A shared one goes with the last that consumes it. */
  async #removeQueue(): Promise<void> {
    await this.#channel?.cancel(consumerTag);
    await this.#channel?.deleteQueue(this.#kept, { ifUnused: true });
  }

  async close(): Promise<void> {
    this.broker.hold(false);
    this.#acks?.flush();
    if (this.#kept !== '') await this.#removeQueue().catch(() => undefined);
    if (this.#number === 0) await this.#channel?.deleteExchange(this.#exchange).catch(() => undefined);
    await this.broker.close();
  }
}
