/**
 * How far the consumer of a RabbitMQ stream has got. Over AMQP 0-9-1 the broker keeps no place of anybody: an acknowledgement is
 * room for the next message and nothing else, and nothing is delivered again. So the service keeps its place itself, in a
 * queue that holds one message, after the effect, as a member of a Kafka group commits its offset.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage, GetMessage } from 'amqplib';
import type { QueueKind } from '../../../scenarios/scenario.ts';
import { WatermarkOffsets } from '../../driver-kit/watermark-offsets.ts';

const keepEveryMs = 200;
/** The harness looks at it now and then, and gives it back. */
const mostLooks = 4;
const lookAgainMs = 50;
/** What is written comes at once; nothing comes of a stream without any message. */
const emptyAfterMs = 300;
const chunkMs = 30;

export interface StreamPlaceOptions {
  readonly stream: string;
  /** Of the queue that holds it. */
  readonly queue: string;
  readonly startAt: NonNullable<QueueKind['startAt']>;
}

/** Acknowledgements of one channel. */
export interface StreamAcks {
  begin(deliveryTag: number, message: ConsumeMessage): void;
  /** Throws when the channel is gone. */
  done(deliveryTag: number): void;
  returned(deliveryTag: number): void;
  flush(): void;
  close(): void;
}

export class StreamPlace {
  readonly #options: StreamPlaceOptions;

  constructor(options: StreamPlaceOptions) {
    this.#options = options;
  }

  /** The stream is there. */
  async open(channel: Channel): Promise<void> {
    await channel.assertQueue(this.#options.queue, { durable: true, maxLength: 1 });
  }

  /** `x-stream-offset` of who begins to consume now. */
  async start(channel: Channel): Promise<number | 'first' | 'next'> {
    const { startAt, stream, queue } = this.#options;
    if (startAt === 'first') return startAt;
    if (startAt === 'next') {
      keep(channel, queue, await endOf(channel, stream));
      return startAt;
    }
    return (await readPlace(channel, queue, mostLooks)) ?? 'first';
  }

  acksOf(channel: Channel): StreamAcks {
    const handled = new WatermarkOffsets();
    const open = new Map<number, () => void>();
    const flush = () => {
      const next = handled.take().at(-1)?.offset;
      if (next === undefined) return;
      try {
        keep(channel, this.#options.queue, Number(next));
      } catch {
        // The channel is gone: what is done since the last time is done again.
      }
    };
    const timer = setInterval(flush, keepEveryMs).unref();
    return {
      begin: (tag, { properties }) => {
        open.set(tag, handled.begin(0, BigInt(properties.headers?.['x-stream-offset'] ?? 0), 0));
      },
      done(tag) {
        channel.ack({ fields: { deliveryTag: tag } } as ConsumeMessage);
        open.get(tag)?.();
        open.delete(tag);
      },
      returned: () => undefined, // a stream takes nothing back
      flush,
      close: () => clearInterval(timer),
    };
  }

  async remove(channel: Channel | null): Promise<void> {
    await channel?.deleteQueue(this.#options.queue);
  }
}

function keep(channel: Channel, queue: string, next: number): void {
  channel.sendToQueue(queue, Buffer.from(String(next)), { persistent: true });
}

/** The offset of the next message to handle; null: none was kept. */
export async function readPlace(channel: Channel, queue: string, looks: number): Promise<number | null> {
  for (let look = 0; look < looks; look++) {
    if (look > 0) await sleep(lookAgainMs);
    const message: GetMessage | false = await channel.get(queue, { noAck: false });
    if (message === false) continue;
    channel.nack(message, false, true);
    return Number(message.content.toString());
  }
  return null;
}

/** The broker itself counts a stream's messages anew every few seconds only: so its last ones are looked at. The channel has a prefetch. */
export async function endOf(channel: Channel, stream: string): Promise<number> {
  let end = 0;
  const first = Promise.withResolvers<void>();
  const look = (message: ConsumeMessage | null) => {
    if (message === null) return;
    end = Number(message.properties.headers?.['x-stream-offset'] ?? 0) + 1;
    channel.ack(message);
    first.resolve();
  };
  const { consumerTag } = await channel.consume(stream, look, { arguments: { 'x-stream-offset': 'last' } });
  await Promise.race([first.promise, sleep(emptyAfterMs)]);
  await sleep(chunkMs);
  await channel.cancel(consumerTag);
  return end;
}
