/**
 * The orders behind a queue: RPC by reply-to, one-way without; a message is acknowledged after its effect, or never. What is
 * refused and nobody waits for goes where the target says.
 */
import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { ApiVersion } from '../../../scenarios/api-versions.ts';
import type { QueueTarget } from '../../../scenarios/scenario.ts';
import { Notices } from '../../domain/deprecation-notice.ts';
import { eachConsumer } from '../../domain/each-consumer.ts';
import { refusalCodes } from '../../domain/evidence.ts';
import { hostService } from '../../domain/host-service.ts';
import { type MessageCodec, messageCodecOf } from '../../domain/message-codec.ts';
import { isRefusal, messageHeaders, requeueAfterMs, unreadable } from '../../domain/order-message.ts';
import type { OrderReply } from '../../domain/orders.ts';
import type { ServiceDomain } from '../../domain/service-domain.ts';
import type { ServiceOptions } from '../../domain/service-options.ts';
import { BodyCodec } from '../../driver-kit/body-codec.ts';
import { BrokerChannel } from './broker-channel.ts';
import { DeadLetterExchange } from './dead-letter-exchange.ts';
import { acknowledgeUpTo, MultipleAcks } from './multiple-acks.ts';
import { brokerAddress } from './own-broker.ts';
import { queueArguments } from './queue-arguments.ts';
import { StreamLog } from './stream-log.ts';
import { type StreamAcks, StreamPlace } from './stream-place.ts';

hostService(
  eachConsumer(async (domain, options) => {
    const service = new QueueService(domain, options);
    await service.open();
    return {
      close: () => service.close(),
      release: () => service.release(),
      consume: (isOn) => service.consume(isOn),
    };
  }),
  (options) => new StreamLog(options),
);

type Acks = MultipleAcks | StreamAcks | undefined;

class QueueService {
  readonly #domain: ServiceDomain;
  readonly #target: QueueTarget;
  readonly #requests: string;
  /** Replies; a broker that holds them up goes on reading what is acknowledged on the other one. */
  readonly #publishing: BrokerChannel;
  readonly #consuming: BrokerChannel;
  readonly #codec: BodyCodec | null;
  readonly #messages: MessageCodec;
  readonly #notices: Notices;
  /** The broker forgets a message as it sends it: what the service has not applied when it dies is lost. */
  readonly #noAck: boolean;
  /** Of several that consume the same queue, the one that removes it. */
  readonly #ownsQueue: boolean;
  readonly #deadLetters: DeadLetterExchange | null;
  #isReleased = false;
  #isPaused = false;
  #consumptions = 0;
  /** '': it does not consume. */
  #consumerTag = '';
  #channel: Channel | null = null;
  #replies: ConfirmChannel | null = null;
  #answerable = Promise.withResolvers<void>();
  /** null: it is no stream. */
  readonly #place: StreamPlace | null;
  /** Of the channel that consumes now; undefined: each message is acknowledged by itself. */
  #acks: Acks;

  constructor(domain: ServiceDomain, { broker, names, target, deprecated, instance = 0 }: ServiceOptions) {
    this.#domain = domain;
    this.#target = target as QueueTarget;
    this.#codec = BodyCodec.of(this.#target.compression);
    this.#messages = messageCodecOf(this.#target.codec);
    this.#notices = new Notices(deprecated);
    this.#noAck = this.#target.ack === 'auto';
    this.#requests = names.requests ?? '';
    this.#ownsQueue = instance === 0;
    this.#deadLetters = DeadLetterExchange.of(this.#target, names.deadLetters ?? '');
    const { type, startAt = 'stored' } = this.#target.queue ?? { type: 'classic' };
    this.#place =
      type === 'stream' ? new StreamPlace({ stream: this.#requests, queue: names.place ?? '', startAt }) : null;
    const { urls, options: socket } = brokerAddress(this.#target, broker ?? '');
    this.#publishing = new BrokerChannel({
      ...{ urls, socket },
      confirms: true, // a request is acknowledged when its reply is safe
      prepare: async () => undefined,
      opened: (channel) => {
        this.#replies = channel as ConfirmChannel;
        this.#answerable.resolve();
      },
      lost: () => {
        this.#replies = null;
        this.#answerable = Promise.withResolvers();
        this.#consuming.renew(); // what waits for the confirm of its reply is delivered again
      },
    });
    this.#consuming = new BrokerChannel({
      ...{ urls, socket },
      confirms: false,
      prepare: (channel) => this.#consume(channel),
      opened: (channel) => {
        this.#channel = channel;
        void this.#begin(channel).catch(() => this.#consuming.renew()); // let go while it opened
      },
      lost: () => {
        this.#channel = null;
        this.#consumerTag = '';
      },
    });
  }

  async open(): Promise<void> {
    await this.#publishing.open();
    await this.#consuming.open();
  }

  /** The queue is this trial's own, so what is in it belongs to the trial: after a restart it is to be handled. */
  async #consume(channel: Channel): Promise<void> {
    await this.#answerable.promise; // given up after a while, and tried again
    const { durable, prefetch, ackBatch, queue } = this.#target;
    await this.#deadLetters?.assert(channel, durable);
    // A stream has no dead letters: the service sends them.
    const hasDeadLetters = this.#deadLetters !== null && this.#place === null;
    const refused = hasDeadLetters ? { deadLetterExchange: this.#deadLetters?.exchange } : {};
    await channel.assertQueue(this.#requests, {
      durable,
      autoDelete: false,
      ...refused,
      arguments: queueArguments(queue),
    });
    await channel.prefetch(prefetch); // of no effect without acknowledgements
    this.#acks?.close();
    await this.#place?.open(channel);
    const acks =
      this.#place?.acksOf(channel) ?? (ackBatch && new MultipleAcks(ackBatch, (tag) => acknowledgeUpTo(channel, tag)));
    this.#acks = acks;
    this.#consumerTag = '';
    await this.#begin(channel);
  }

  /** A no-op while it consumes, or is not to. */
  async #begin(channel: Channel): Promise<void> {
    if (this.#isReleased || this.#isPaused || this.#consumerTag !== '') return;
    const acks = this.#acks;
    const take = (message: ConsumeMessage | null) => {
      if (message === null) this.#consuming.renew();
      else {
        acks?.begin(message.fields.deliveryTag, message);
        this.#handle(channel, message, acks);
      }
    };
    const consumerTag = `consumer-${++this.#consumptions}`;
    this.#consumerTag = consumerTag;
    const from = this.#place === null ? {} : { 'x-stream-offset': await this.#place.start(channel) };
    await channel.consume(this.#requests, take, { noAck: this.#noAck, consumerTag, arguments: from });
  }

  /** Paused, what it holds is worked off. */
  async consume(isOn: boolean): Promise<void> {
    this.#isPaused = !isOn;
    const channel = this.#channel;
    if (channel === null) return;
    if (isOn) return this.#begin(channel);
    const consumerTag = this.#consumerTag;
    this.#consumerTag = '';
    if (consumerTag !== '') await channel.cancel(consumerTag);
  }

  #handle(channel: Channel, message: ConsumeMessage, acks: Acks): void {
    const { headers, messageId, replyTo } = message.properties;
    const header = (name: string): string | undefined => {
      const value: unknown = headers?.[name];
      return typeof value === 'string' ? value : undefined;
    };
    const requestId = String(messageId ?? '');
    const body = this.#bodyOf(message);
    const request = (body && this.#messages.request(body, header, requestId)) ?? unreadable(requestId);
    const { redelivered } = message.fields;
    const wantsReply = typeof replyTo === 'string' && replyTo !== '';
    this.#domain.handle({ ...request, redelivered, isUnheard: !wantsReply, canWait: true }, (reply) => {
      try {
        if (wantsReply) this.#reply(channel, message, reply, request.version, acks);
        else if (isRefusal(reply.code)) this.#refuse(channel, message, acks);
        else this.#acknowledge(channel, message, acks);
      } catch {
        // The channel is gone: the broker delivers the message again, and the evidence will show it.
      }
    });
  }

  /** null: it does not unpack, so that nobody knows what was asked. */
  #bodyOf({ content, properties }: ConsumeMessage): Buffer | null {
    const encoding: unknown = properties.contentEncoding;
    if (this.#codec === null || typeof encoding !== 'string' || encoding === '') return content;
    try {
      return this.#codec.unpack(content, encoding);
    } catch {
      return null;
    }
  }

  #reply(
    channel: Channel,
    message: ConsumeMessage,
    reply: OrderReply,
    version: ApiVersion | undefined,
    acks: Acks,
  ): void {
    const plain = this.#messages.replyBody(reply, version);
    const { replyTo, correlationId } = message.properties;
    const packer = this.#codec?.packs(plain.length) ? this.#codec : null;
    const properties = {
      correlationId,
      persistent: this.#target.durable,
      headers: { [messageHeaders.code]: reply.code, ...this.#notices.of(version) },
      ...(packer && { contentEncoding: packer.encoding }),
    };
    const content = packer?.pack(plain) ?? plain;
    this.#publish(channel, message, acks, (replies, sent) => replies.sendToQueue(replyTo, content, properties, sent));
  }

  /** The message is done with when what it leads to is safe, or refused: then it is nobody's any more. */
  #publish(
    channel: Channel,
    message: ConsumeMessage,
    acks: Acks,
    send: (replies: ConfirmChannel, sent: () => void) => void,
  ): void {
    if (this.#replies === null) {
      this.#consuming.renew(); // lost while the other one opened: what is unanswered is delivered again
      return;
    }
    send(this.#replies, () => {
      try {
        this.#acknowledge(channel, message, acks);
      } catch {
        // Delivered again on the next connection.
      }
    });
  }

  /** On record before the broker is told: it may well be refused again. Throws when the channel is gone. */
  #refuse(channel: Channel, message: ConsumeMessage, acks: Acks): void {
    const { onRefusal = 'requeue' } = this.#target;
    const requestId = String(message.properties.messageId ?? '');
    if (this.#noAck || onRefusal === 'drop') {
      this.#domain.refused(requestId, refusalCodes.dropped);
      this.#acknowledge(channel, message, acks);
    } else if (onRefusal === 'requeue') {
      this.#domain.refused(requestId, this.#isLast(message) ? refusalCodes.deadLettered : refusalCodes.requeued);
      // Held back here, it takes one of the places for messages: who refuses all is not sent them all the faster.
      setTimeout(() => this.#again(channel, message, acks), requeueAfterMs).unref();
    } else {
      this.#domain.refused(requestId, refusalCodes.deadLettered);
      if (this.#place === null) this.#return(channel, message, acks, false);
      else this.#putAside(channel, message, acks);
    }
  }

  /** A stream takes nothing back: what is refused is tried again here, and the place stays before it. */
  #again(channel: Channel, message: ConsumeMessage, acks: Acks): void {
    if (this.#place === null) this.#return(channel, message, acks, true);
    else if (this.#channel === channel && !this.#isReleased) this.#handle(channel, message, acks);
  }

  #putAside(channel: Channel, message: ConsumeMessage, acks: Acks): void {
    const { content, properties } = message;
    const exchange = this.#deadLetters?.exchange ?? '';
    this.#publish(channel, message, acks, (replies, sent) =>
      replies.publish(exchange, '', content, { ...properties, persistent: true }, sent),
    );
  }

  /** Given back once more, it is put aside: a quorum queue counts what came back before. */
  #isLast({ properties }: ConsumeMessage): boolean {
    const limit = this.#target.queue?.deliveryLimit ?? Number.POSITIVE_INFINITY;
    return Number(properties.headers?.['x-delivery-count'] ?? 0) >= limit;
  }

  /** To the queue, or to where its refused messages go. */
  #return(channel: Channel, message: ConsumeMessage, acks: Acks, requeue: boolean): void {
    if (this.#isReleased) return;
    try {
      channel.nack(message, false, requeue);
      acks?.returned(message.fields.deliveryTag);
    } catch {
      // The channel is gone: the broker delivers the message again.
    }
  }

  /** Throws when the channel is gone. */
  #acknowledge(channel: Channel, message: ConsumeMessage, acks: Acks): void {
    if (this.#noAck || this.#isReleased) return;
    this.#domain.failpoint.reach('ack', String(message.properties.messageId ?? ''));
    if (acks !== undefined) acks.done(message.fields.deliveryTag);
    else channel.ack(message);
  }

  /** What it holds goes back to the queue, where it can be counted. What it is working on it finishes all the same. */
  async release(): Promise<void> {
    this.#acks?.flush();
    this.#isReleased = true;
    const channel = this.#channel;
    if (channel === null) return;
    if (this.#consumerTag !== '') await channel.cancel(this.#consumerTag);
    if (!this.#noAck && this.#place === null) channel.nackAll(true);
  }

  async close(): Promise<void> {
    this.#acks?.flush();
    this.#isReleased = true; // else it would begin anew with a queue that another one has removed
    if (this.#ownsQueue) {
      await this.#channel?.deleteQueue(this.#requests).catch(() => undefined);
      await this.#deadLetters?.remove(this.#channel).catch(() => undefined);
      await this.#place?.remove(this.#channel).catch(() => undefined);
    }
    await Promise.all([this.#publishing.close(), this.#consuming.close()]);
  }
}
