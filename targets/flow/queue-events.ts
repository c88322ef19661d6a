/** Events over RabbitMQ: a topic exchange, and a durable queue for each participant; acknowledged once they are done with. */
import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import { flowSteps } from '../../result/flow-steps.ts';
import { amqpUrls } from '../queue/rabbitmq/amqp-urls.ts';
import { BrokerChannel } from '../queue/rabbitmq/broker-channel.ts';
import { type EventBus, type EventBusOptions, type FlowEvent, subscriptionsOf } from './flow-events.ts';

/** Events that a participant has unacknowledged. */
const prefetch = 100;
const keyHeader = 'wirebench-key';
/** Before what the broker refused to take is sent again. */
const refusedAgainMs = 200;

interface Owed {
  readonly event: FlowEvent;
  readonly done: () => void;
}

export class QueueEvents implements EventBus {
  readonly #options: EventBusOptions;
  readonly #broker: BrokerChannel;
  #channel: ConfirmChannel | null = null;
  /** Not confirmed yet. */
  readonly #owed = new Set<Owed>();

  private constructor(options: EventBusOptions) {
    this.#options = options;
    this.#broker = new BrokerChannel({
      urls: amqpUrls(options.broker ?? ''),
      confirms: true,
      prepare: (channel) => this.#prepare(channel),
      opened: (channel) => {
        this.#channel = channel as ConfirmChannel;
        for (const owed of this.#owed) this.#send(owed);
      },
      lost: () => {
        this.#channel = null;
      },
    });
  }

  static async open(options: EventBusOptions): Promise<QueueEvents> {
    const events = new QueueEvents(options);
    await events.#broker.open();
    return events;
  }

  /** All of it, whoever comes first: what is published before its consumer is there must not be lost. */
  async #prepare(channel: Channel): Promise<void> {
    const { events, role } = this.#options;
    await channel.assertExchange(events, 'topic', { durable: true });
    for (const step of flowSteps) {
      await channel.assertQueue(this.#queueOf(step), { durable: true });
      for (const event of subscriptionsOf(step).keys()) await channel.bindQueue(this.#queueOf(step), events, event);
    }
    if (role === 'orders') return;
    await channel.prefetch(prefetch);
    await channel.consume(this.#queueOf(role), (message) => {
      if (message === null) this.#broker.renew();
      else void this.#hear(channel, message);
    });
  }

  #queueOf(role: string): string {
    return `${this.#options.events}-${role}`;
  }

  async #hear(channel: Channel, message: ConsumeMessage): Promise<void> {
    const { headers, messageId } = message.properties;
    const key: unknown = headers?.[keyHeader];
    await this.#options.hear({
      ...{ event: message.fields.routingKey, id: String(messageId ?? ''), payload: message.content.toString() },
      key: typeof key === 'string' ? key : '',
    });
    try {
      channel.ack(message);
    } catch {
      // The channel is gone: the broker delivers the event again.
    }
  }

  publish(event: FlowEvent): Promise<void> {
    return new Promise((done) => {
      const owed = { event, done };
      this.#owed.add(owed);
      this.#send(owed);
    });
  }

  #send(owed: Owed): void {
    const { event, id, key, payload } = owed.event;
    const properties = { persistent: true, messageId: id, headers: { [keyHeader]: key } };
    const channel = this.#channel;
    try {
      channel?.publish(this.#options.events, event, Buffer.from(payload), properties, (error) => {
        if (error === null) {
          if (this.#owed.delete(owed)) owed.done();
          return;
        }
        // Refused by a broker that is there; what the next channel sends is not sent twice.
        const again = () => {
          if (this.#channel === channel && this.#owed.has(owed)) this.#send(owed);
        };
        setTimeout(again, refusedAgainMs).unref();
      });
    } catch {
      // The channel is gone; it is sent again once there is another.
    }
  }

  async queued(): Promise<number | null> {
    const { role } = this.#options;
    if (role === 'orders') return 0;
    try {
      return (await this.#channel?.checkQueue(this.#queueOf(role)))?.messageCount ?? null;
    } catch {
      return null;
    }
  }

  async close(): Promise<void> {
    const { role, events } = this.#options;
    // The one that starts first ends last.
    if (role === flowSteps[0]) {
      const channel = this.#channel;
      for (const step of flowSteps) await channel?.deleteQueue(this.#queueOf(step)).catch(() => undefined);
      await channel?.deleteExchange(events).catch(() => undefined);
    }
    await this.#broker.close();
  }
}
