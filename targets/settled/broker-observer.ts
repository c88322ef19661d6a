/** Events of RabbitMQ: out of a queue of the user's own, or of an exclusive one of ours behind an exchange. */
import type { Channel, ConsumeMessage, MessageProperties } from 'amqplib';
import { BenchError } from '../../result/bench-error.ts';
import type { SettledByExchange, SettledByQueue } from '../../scenarios/settled-settings.ts';
import { parseOperationId } from '../domain/operation-id.ts';
import { answersWithin } from '../driver-kit/answers-within.ts';
import { cannotConnect } from '../driver-kit/cannot-connect.ts';
import { BrokerChannel } from '../queue/rabbitmq/broker-channel.ts';
import { brokerAddress } from '../queue/rabbitmq/own-broker.ts';
import { requireTakeable } from '../queue/rabbitmq/taken-queue.ts';
import { hostsAndPorts } from '../target-address.ts';
import { EventReader } from './event-reader.ts';
import {
  type EventSink,
  type FlowObserver,
  lookAgain,
  type ObserverContext,
  observeWithinMs,
} from './flow-observer.ts';

export async function observeBroker(
  settings: SettledByQueue | SettledByExchange,
  sink: EventSink,
  context: ObserverContext,
): Promise<FlowObserver> {
  const observer = new BrokerObserver(settings, sink, context);
  try {
    await answersWithin(observeWithinMs, observer.open());
  } catch (cause) {
    await observer.close();
    throw cause instanceof BenchError ? cause : cannotObserve(settings, cause);
  }
  return observer;
}

class BrokerObserver implements FlowObserver {
  readonly #settings: SettledByQueue | SettledByExchange;
  readonly #sink: EventSink;
  readonly #reader: EventReader;
  /** Of the target, for hints: where it is said where events are seen. */
  readonly #key: 'settled' | 'events';
  readonly #broker: BrokerChannel;
  #isPrepared: boolean;

  constructor(
    settings: SettledByQueue | SettledByExchange,
    sink: EventSink,
    { through, target, isChecked = false }: ObserverContext,
  ) {
    this.#key = target?.events === undefined ? 'settled' : 'events';
    this.#settings = settings;
    this.#sink = sink;
    this.#isPrepared = isChecked;
    this.#reader = new EventReader(settings);
    const [place] = hostsAndPorts(settings.address, { protocol: 'queue' });
    const { urls, options } = brokerAddress(settings, through ?? place);
    this.#broker = new BrokerChannel({
      ...{ urls, socket: options, reconnect: lookAgain },
      confirms: false,
      prepare: (channel) => this.#consume(channel),
      opened: () => sink.opened?.(),
      lost: () => {
        sink.lost?.();
        if (settings.by === 'exchange') sink.interrupted();
      },
    });
  }

  open(): Promise<void> {
    return this.#broker.open();
  }

  async #consume(channel: Channel): Promise<void> {
    const { queue, noAck } = await this.#queueOn(channel);
    await channel.consume(queue, (message) => this.#take(channel, message, noAck), { noAck });
    this.#isPrepared = true;
  }

  async #queueOn(channel: Channel): Promise<{ readonly queue: string; readonly noAck: boolean }> {
    const settings = this.#settings;
    if (settings.by === 'queue') {
      // What waits in it must be events of earlier trials, or may be lost.
      if (!this.#isPrepared) {
        await requireTakeable(channel, settings.queue, {
          mayDiscard: settings.mayDiscard,
          isOurs: ({ properties, content }) => isOfARun(this.#reader.idIn(headerOf(properties), content)),
          ownQueue: `${this.#key}: { exchange: … }`,
          discardAt: `under \`${this.#key}\``,
        });
      }
      return { queue: settings.queue, noAck: false };
    }
    await channel.checkExchange(settings.exchange);
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false, autoDelete: true });
    await channel.bindQueue(queue, settings.exchange, settings.routingKey);
    return { queue, noAck: true };
  }

  /** What is not of a run of ours stays unacknowledged, and goes back when the channel closes. */
  #take(channel: Channel, message: ConsumeMessage | null, noAck: boolean): void {
    if (message === null) {
      // Its queue was deleted: nobody keeps what comes, until there is one again.
      if (this.#settings.by === 'queue') this.#sink.interrupted();
      this.#broker.renew();
      return;
    }
    const header = headerOf(message.properties);
    const id = this.#reader.read(this.#sink, header, message.content);
    if (noAck || this.#settings.by !== 'queue') return;
    if (this.#settings.mayDiscard || isOfARun(id)) channel.ack(message);
  }

  hold(isOn: boolean): void {
    this.#broker.hold(isOn);
  }

  close(): Promise<void> {
    return this.#broker.close();
  }
}

/** Of its headers; what AMQP has as a property of its own is found by that name. */
function headerOf({ headers, correlationId, messageId }: MessageProperties) {
  return (name: string): string | undefined => {
    const value: unknown = headers?.[name] ?? { 'correlation-id': correlationId, 'message-id': messageId }[name];
    return value === undefined || value === null ? undefined : String(value);
  };
}

function isOfARun(id: string | null): boolean {
  return id !== null && parseOperationId(id) !== null;
}

function cannotObserve(settings: SettledByQueue | SettledByExchange, cause: unknown): BenchError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const [place] = hostsAndPorts(settings.address, { protocol: 'queue' });
  const name = settings.by === 'queue' ? settings.queue : settings.exchange;
  const peer = `RabbitMQ at ${place}, where events are looked for in ${settings.by} ${name},`;
  const why = /NOT_FOUND/.test(said) ? `has no ${settings.by} ${name}` : said;
  return cannotConnect(peer, why, 'Check the name and the address; nothing is created there.', cause);
}
