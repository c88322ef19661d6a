/** The orders behind a queue: RPC by reply-to, one-way without; a message is acknowledged after its effect, or never. */
import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { QueueTarget } from '../../scenarios/scenario.ts';
import { hostService } from '../domain/host-service.ts';
import { type MessageCodec, messageCodecOf } from '../domain/message-codec.ts';
import type { OrderDomain } from '../domain/order-domain.ts';
import { messageHeaders, unreadable } from '../domain/order-message.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { BodyCodec } from '../driver-kit/body-codec.ts';
import { BrokerChannel } from './broker-channel.ts';
import { MultipleAcks } from './multiple-acks.ts';

hostService(async (domain, options) => {
  const service = new QueueService(domain, options);
  await service.open();
  return { close: () => service.close() };
});

class QueueService {
  readonly #domain: OrderDomain;
  readonly #target: QueueTarget;
  readonly #requests: string;
  readonly #broker: BrokerChannel;
  readonly #codec: BodyCodec | null;
  readonly #messages: MessageCodec;
  /** The broker forgets a message as it sends it: what the service has not applied when it dies is lost. */
  readonly #noAck: boolean;
  #channel: Channel | null = null;
  /** Of the channel that consumes now; undefined: each message is acknowledged by itself. */
  #acks: MultipleAcks | undefined;

  constructor(domain: OrderDomain, { broker, names, target }: ServiceOptions) {
    this.#domain = domain;
    this.#target = target as QueueTarget;
    this.#codec = BodyCodec.of(this.#target.compression);
    this.#messages = messageCodecOf(this.#target.codec);
    this.#noAck = this.#target.ack === 'auto';
    this.#requests = names.requests ?? '';
    this.#broker = new BrokerChannel({
      url: `amqp://${broker}`,
      confirms: true, // of the replies: a request is acknowledged when its reply is safe
      prepare: (channel) => this.#consume(channel as ConfirmChannel),
      opened: (channel) => {
        this.#channel = channel;
      },
      lost: () => {
        this.#channel = null;
      },
    });
  }

  open(): Promise<void> {
    return this.#broker.open();
  }

  /** The queue is this trial's own, so what is in it belongs to the trial: after a restart it is to be handled. */
  async #consume(channel: ConfirmChannel): Promise<void> {
    const { durable, prefetch, ackBatch } = this.#target;
    await channel.assertQueue(this.#requests, { durable, autoDelete: false });
    await channel.prefetch(prefetch); // of no effect without acknowledgements
    this.#acks?.close();
    const acks = ackBatch && new MultipleAcks(ackBatch, (tag) => acknowledgeUpTo(channel, tag));
    this.#acks = acks;
    const take = (message: ConsumeMessage | null) => {
      if (message === null) this.#broker.renew();
      else {
        acks?.begin(message.fields.deliveryTag);
        this.#handle(channel, message, acks);
      }
    };
    await channel.consume(this.#requests, take, { noAck: this.#noAck });
  }

  #handle(channel: ConfirmChannel, message: ConsumeMessage, acks: MultipleAcks | undefined): void {
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
    this.#domain.handle({ ...request, redelivered, isUnheard: !wantsReply }, (reply) => {
      try {
        if (wantsReply) this.#reply(channel, message, this.#messages.replyBody(reply), reply.code, acks);
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
    channel: ConfirmChannel,
    message: ConsumeMessage,
    plain: Buffer,
    code: string,
    acks: MultipleAcks | undefined,
  ): void {
    const { replyTo, correlationId } = message.properties;
    const packer = this.#codec?.packs(plain.length) ? this.#codec : null;
    const properties = {
      correlationId,
      persistent: this.#target.durable,
      headers: { [messageHeaders.code]: code },
      ...(packer && { contentEncoding: packer.encoding }),
    };
    const content = packer?.pack(plain) ?? plain;
    // Also when the broker refused the reply: it is nobody's any more.
    channel.sendToQueue(replyTo, content, properties, () => {
      try {
        this.#acknowledge(channel, message, acks);
      } catch {
        // Delivered again on the next connection.
      }
    });
  }

  /** Throws when the channel is gone. */
  #acknowledge(channel: ConfirmChannel, message: ConsumeMessage, acks: MultipleAcks | undefined): void {
    if (this.#noAck) return;
    this.#domain.failpoint.reach('ack', String(message.properties.messageId ?? ''));
    if (acks !== undefined) acks.done(message.fields.deliveryTag);
    else if (!this.#noAck) channel.ack(message);
  }

  async close(): Promise<void> {
    this.#acks?.flush();
    await this.#channel?.deleteQueue(this.#requests).catch(() => undefined);
    await this.#broker.close();
  }
}

/** Of amqplib's acknowledgement only the tag counts; a channel that is gone takes none, and the broker delivers again. */
function acknowledgeUpTo(channel: ConfirmChannel, deliveryTag: number): void {
  try {
    channel.ack({ fields: { deliveryTag } } as ConsumeMessage, true);
  } catch {
    // Delivered again on the next connection.
  }
}
