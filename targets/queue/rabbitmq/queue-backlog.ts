/** Messages that are ready in a queue: those that its consumer already holds, at most its prefetch, are not among them. */
import amqplib, { type Channel, type ChannelModel } from 'amqplib';
import type { BacklogGauge } from '../../backlog-gauge.ts';

const connectTimeoutMs = 2_000;

export class QueueBacklog implements BacklogGauge {
  readonly #url: string;
  readonly #queue: string;
  #connection: ChannelModel | null = null;
  #channel: Channel | null = null;

  constructor(address: string, queue: string) {
    this.#url = `amqp://${address}`;
    this.#queue = queue;
  }

  async read(): Promise<number> {
    const channel = this.#channel ?? (await this.#open());
    const { messageCount } = await channel.checkQueue(this.#queue);
    return messageCount;
  }

  async #open(): Promise<Channel> {
    await this.close();
    const connection = await amqplib.connect(this.#url, { timeout: connectTimeoutMs });
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
    const closed = connection?.close().catch(() => undefined);
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
  }
}
