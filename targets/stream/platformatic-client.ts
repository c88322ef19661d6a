import { setTimeout as sleep } from 'node:timers/promises';
import {
  Admin,
  Consumer,
  type Message,
  type MessageToProduce,
  Producer,
  stringDeserializer,
} from '@platformatic/kafka';
import type { StreamClient, StreamClientOptions, StreamConsumeOptions, StreamMessage } from './stream-client.ts';

const requestTimeoutMs = 30_000; // the harness's own time-out comes first
const connectTimeoutMs = 3_000;
const longestFetchWaitMs = 500;
const resumeAfterMs = 100;
const latestOffset = -1n;

/** A fresh broker creates its coordinator's topic at the first group and refuses until that is done. */
const coordinatorRetries = { retries: 40, retryDelay: 250 };

type TextConsumer = Consumer<Buffer, Buffer, string, string>;

export class PlatformaticClient implements StreamClient {
  readonly #options: StreamClientOptions;
  readonly #acks: number;
  readonly #producers: readonly Producer[];
  readonly #consumers = new Set<TextConsumer>();
  #closed = false;

  constructor(options: StreamClientOptions) {
    this.#options = options;
    this.#acks = options.acks === 'all' ? -1 : options.acks;
    this.#producers = Array.from(
      { length: options.producers },
      (_, n) => new Producer({ ...this.#base(`producer-${n}`) }),
    );
  }

  #base(role: string) {
    return {
      clientId: `${this.#options.clientId}-${role}`,
      bootstrapBrokers: [this.#options.address],
      retries: 0,
      timeout: requestTimeoutMs,
      connectTimeout: connectTimeoutMs,
    };
  }

  async describe(topics: readonly string[]): Promise<readonly string[]> {
    const admin = new Admin(this.#base('admin'));
    try {
      const { brokers } = await admin.metadata({ topics: [...topics] });
      return [...brokers.values()].map(({ host, port }) => `${host}:${port}`);
    } finally {
      await admin.close().catch(() => undefined);
    }
  }

  async send(producer: number, messages: readonly StreamMessage[]): Promise<void> {
    const batch: MessageToProduce[] = messages.map(({ topic, key, value, headers }) => ({
      topic,
      value,
      headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
      ...(key !== undefined && { key: Buffer.from(key) }),
    }));
    await this.#producers[producer]?.send({ messages: batch, acks: this.#acks, repeatOnStaleMetadata: false });
  }

  async consume(options: StreamConsumeOptions): Promise<void> {
    const next = new Map<string, Map<number, bigint>>();
    const consumer = this.#newConsumer(options.groupId);
    if (options.from === 'latest') {
      for (const [topic, offsets] of await consumer.listOffsets({
        topics: [...options.topics],
        timestamp: latestOffset,
      })) {
        next.set(topic, new Map(offsets.entries()));
      }
    }
    await this.#follow(consumer, options, next);
  }

  #newConsumer(groupId: string): TextConsumer {
    const consumer: TextConsumer = new Consumer({
      ...this.#base('consumer'),
      ...coordinatorRetries,
      groupId,
      maxWaitTime: longestFetchWaitMs,
      minBytes: 1,
      autocommit: false,
      deserializers: { headerKey: textOf, headerValue: textOf },
    });
    this.#consumers.add(consumer);
    return consumer;
  }

  /** Keeps its own positions, so that a lost connection loses and repeats nothing. */
  async #follow(
    consumer: TextConsumer,
    options: StreamConsumeOptions,
    next: Map<string, Map<number, bigint>>,
  ): Promise<void> {
    const offsets = [...next].flatMap(([topic, partitions]) =>
      [...partitions.entries()].map(([partition, offset]) => ({ topic, partition, offset })),
    );
    const stream = await consumer.consume({
      topics: [...options.topics],
      ...(offsets.length === 0 ? { mode: 'earliest' as const } : { mode: 'manual' as const, offsets }),
    });
    stream.on('data', ({ topic, partition, offset, headers }: Message<Buffer, Buffer, string, string>) => {
      let positions = next.get(topic);
      if (positions === undefined) {
        positions = new Map();
        next.set(topic, positions);
      }
      positions.set(partition, offset + 1n);
      options.onMessage((name) => headers.get(name));
    });
    let over = false;
    const resume = () => {
      if (over || this.#closed) return;
      over = true;
      void this.#resume(consumer, options, next);
    };
    stream.on('error', resume);
    stream.on('close', resume);
  }

  async #resume(
    lost: TextConsumer,
    options: StreamConsumeOptions,
    next: Map<string, Map<number, bigint>>,
  ): Promise<void> {
    this.#consumers.delete(lost);
    await bounded(lost.close(true));
    while (!this.#closed) {
      await sleep(resumeAfterMs);
      // A group of its own each time: the old member's session need not run out first.
      const consumer = this.#newConsumer(`${options.groupId}-${Date.now().toString(36)}`);
      try {
        await this.#follow(consumer, options, next);
        return;
      } catch {
        this.#consumers.delete(consumer);
        await bounded(consumer.close(true));
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#consumers].map((consumer) => bounded(consumer.close(true))));
    await Promise.all(this.#producers.map((producer) => bounded(producer.close())));
  }
}

function textOf(data?: Buffer): string {
  return stringDeserializer(data) ?? '';
}

/** Closing waits for answers that a dead broker never gives. */
async function bounded(work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => undefined), sleep(1_500, undefined, { ref: false })]);
}
