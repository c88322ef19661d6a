/** A stream of RabbitMQ as the log of a service, over plain AMQP: it keeps what is read, and is read from any offset. */
import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { QueueTarget } from '../../../scenarios/scenario.ts';
import { type EventLog, encodeRecord, eventsGone, type LogRecord } from '../../domain/event-log.ts';
import type { ServiceOptions } from '../../domain/service-options.ts';
import { BrokerChannel } from './broker-channel.ts';
import { brokerAddress } from './own-broker.ts';
import { endOf } from './stream-place.ts';

/** Records on their way to who reads. */
const mostUnread = 1_000;

export class StreamLog implements EventLog {
  readonly isCompacted = false;
  readonly #name: string;
  readonly #writing: BrokerChannel;
  #channel: ConfirmChannel | null = null;
  readonly #address: ReturnType<typeof brokerAddress>;

  constructor({ target, broker, names }: ServiceOptions) {
    this.#name = names.log ?? '';
    this.#address = brokerAddress(target as QueueTarget, broker ?? '');
    this.#writing = this.#connection({
      confirms: true,
      prepare: (channel) => this.#assert(channel),
      opened: (channel) => {
        this.#channel = channel as ConfirmChannel;
      },
      lost: () => {
        this.#channel = null;
      },
    });
  }

  #connection(
    options: Pick<ConstructorParameters<typeof BrokerChannel>[0], 'confirms' | 'prepare' | 'opened' | 'lost'>,
  ): BrokerChannel {
    const { urls, options: socket } = this.#address;
    return new BrokerChannel({ urls, socket, ...options });
  }

  async #assert(channel: Channel): Promise<void> {
    await channel.assertQueue(this.#name, { durable: true, arguments: { 'x-queue-type': 'stream' } });
  }

  async open(): Promise<void> {
    await this.#writing.open();
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    const channel = this.#channel;
    if (channel === null) throw new Error('the connection to its log is lost');
    await Promise.all(
      records.map(
        (record) =>
          new Promise<void>((resolve, reject) => {
            channel.sendToQueue(this.#name, encodeRecord(record), { persistent: true }, (error) => {
              if (error) reject(error);
              else resolve();
            });
          }),
      ),
    );
  }

  async read(from: number, take: (offset: number, body: Buffer) => boolean): Promise<void> {
    const over = Promise.withResolvers<void>();
    over.promise.catch(() => undefined); // it may be lost before anybody waits for it
    const reading = this.#connection({
      confirms: false,
      prepare: (channel) => channel.prefetch(mostUnread).then(() => undefined),
      opened: (channel) => void this.#consume(channel, from, take, over).catch(over.reject),
      lost: (reason) => over.reject(new Error(reason)),
    });
    try {
      await reading.open();
      await over.promise;
    } finally {
      await reading.close();
    }
  }

  async #consume(
    channel: Channel,
    from: number,
    take: (offset: number, body: Buffer) => boolean,
    over: PromiseWithResolvers<void>,
  ): Promise<void> {
    let isOver = false;
    const onMessage = (message: ConsumeMessage | null) => {
      if (isOver) return;
      try {
        if (message === null) throw new Error('its log was removed');
        const offset = Number(message.properties.headers?.['x-stream-offset'] ?? 0);
        isOver = take(offset, message.content);
        if (isOver) over.resolve();
        else channel.ack(message); // room for the next
      } catch (error) {
        isOver = true;
        over.reject(error);
      }
    };
    // Whom it knows nothing of it lets wait until it has come that far again.
    const end = from === 0 ? 0 : await endOf(channel, this.#name);
    if (from > end) throw eventsGone(`ends before offset ${end}`, from);
    const start = { 'x-stream-offset': from === 0 ? 'first' : from };
    await channel.consume(this.#name, onMessage, { arguments: start });
  }

  async remove(): Promise<void> {
    await this.#channel?.deleteQueue(this.#name).catch(() => undefined);
    await this.#writing.close();
  }
}
