/** The orders behind a queue: RPC by reply-to, one-way without; a message is acknowledged after its effect. */
import { setTimeout as sleep } from 'node:timers/promises';
import amqplib, { type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import type { QueueTarget } from '../../scenarios/scenario.ts';
import { hostService } from '../domain/host-service.ts';
import type { OrderDomain } from '../domain/order-domain.ts';
import { messageHeaders, orderRequestFrom, replyBody } from '../domain/order-message.ts';
import type { ServiceOptions } from '../domain/service-options.ts';

const firstReconnectMs = 50;
const longestReconnectMs = 1_000;

hostService(async (domain, options) => {
  const service = new QueueService(domain, options);
  await service.connect();
  return { close: () => service.close() };
});

class QueueService {
  readonly #domain: OrderDomain;
  readonly #options: ServiceOptions;
  readonly #target: QueueTarget;
  #connection: ChannelModel | null = null;
  #channel: ConfirmChannel | null = null;
  #closed = false;

  constructor(domain: OrderDomain, options: ServiceOptions) {
    this.#domain = domain;
    this.#options = options;
    this.#target = options.target as QueueTarget;
  }

  async connect(): Promise<void> {
    const connection = await amqplib.connect(`amqp://${this.#options.broker}`, { noDelay: true, timeout: 5_000 });
    connection.on('error', () => undefined);
    connection.once('close', () => void this.#reconnect());
    this.#connection = connection;
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    this.#channel = channel;
    const { requests = '' } = this.#options.names;
    const { durable, prefetch } = this.#target;
    await channel.assertQueue(requests, { durable, autoDelete: false });
    await channel.prefetch(prefetch);
    await channel.consume(requests, (message) => {
      if (message !== null) this.#handle(channel, message);
    });
  }

  async #reconnect(): Promise<void> {
    this.#channel = null;
    for (let waitMs = firstReconnectMs; !this.#closed; waitMs = Math.min(longestReconnectMs, waitMs * 2)) {
      await sleep(waitMs);
      try {
        await this.connect();
        return;
      } catch {
        // The broker is not back yet.
      }
    }
  }

  #handle(channel: ConfirmChannel, message: ConsumeMessage): void {
    const { headers, messageId, replyTo, correlationId } = message.properties;
    const header = (name: string): string | undefined =>
      typeof headers?.[name] === 'string' ? headers[name] : undefined;
    const request = orderRequestFrom(header, String(messageId ?? ''), message.content.toString());
    const acknowledge = () => {
      try {
        channel.ack(message);
      } catch {
        // The channel is gone: the broker delivers the message again, and the evidence will show it.
      }
    };
    this.#domain.handle(request, (reply) => {
      if (typeof replyTo !== 'string' || replyTo === '') return acknowledge();
      const properties = {
        correlationId,
        persistent: this.#target.durable,
        headers: { [messageHeaders.code]: reply.code },
      };
      try {
        channel.sendToQueue(replyTo, Buffer.from(replyBody(reply)), properties, acknowledge);
      } catch {
        // As above.
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const { requests = '' } = this.#options.names;
    await this.#channel?.deleteQueue(requests).catch(() => undefined);
    await this.#connection?.close().catch(() => undefined);
  }
}
