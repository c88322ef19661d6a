/** What waits in a queue, asked over a connection of its own. */
import amqplib, { type Channel, type ChannelModel } from 'amqplib';
import type { BacklogGauge } from '../../backlog-gauge.ts';
import { bounded } from '../../driver-kit/bounded.ts';
import { firstThatAnswers } from '../../first-that-answers.ts';
import { amqpUrls } from './amqp-urls.ts';
import { endOf, readPlace } from './stream-place.ts';

const connectTimeoutMs = 2_000;
const closeWithinMs = 500;
const mostInChunk = 1_000;

type Count = (channel: Channel) => Promise<number>;

/** Those that its consumer already holds, at most its prefetch, are not among them. */
export function readyIn(queue: string): Count {
  return async (channel) => (await channel.checkQueue(queue)).messageCount;
}

/** Of a stream, which keeps what was read: those that are not known to be done. */
export function beyondPlace(stream: string, place: string): Count {
  return async (channel) => {
    await channel.prefetch(mostInChunk);
    const done = (await readPlace(channel, place, 1)) ?? 0;
    return Math.max(0, (await endOf(channel, stream)) - done);
  };
}

export class QueueBacklog implements BacklogGauge {
  readonly #urls: readonly string[];
  readonly #count: Count;
  #connection: ChannelModel | null = null;
  #channel: Channel | null = null;

  constructor(address: string, count: Count) {
    this.#urls = amqpUrls(address);
    this.#count = count;
  }

  async read(): Promise<number> {
    const channel = this.#channel ?? (await this.#open());
    return this.#count(channel);
  }

  async #open(): Promise<Channel> {
    await this.close();
    // Of a cluster the first node that answers.
    const connection = await firstThatAnswers(this.#urls, (url) => amqplib.connect(url, { timeout: connectTimeoutMs }));
    connection.on('error', () => undefined); // the channel closes with it
    this.#connection = connection;
    const channel = await connection.createChannel();
    channel.on('error', () => undefined); // of a queue that is not there, say; 'close' follows
    channel.once('close', () => {
      if (this.#channel === channel) this.#channel = null;
    });
    this.#channel = channel;
    return channel;
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    this.#channel = null;
    await bounded(closeWithinMs, connection?.close());
  }
}
