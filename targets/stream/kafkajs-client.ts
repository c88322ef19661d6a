import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import {
  type CompressionTypes,
  type Consumer,
  type ISocketFactory,
  Kafka,
  logLevel,
  type Message,
  Partitioners,
  type Producer,
  type SASLOptions,
} from 'kafkajs';
import { bareHost } from '../../scenarios/allowed-hosts.ts';
import type { Sasl } from '../../scenarios/scenario.ts';
import { bounded } from '../driver-kit/bounded.ts';
import { guardIncoming } from '../driver-kit/guard-incoming.ts';
import { tlsOptions } from '../driver-kit/tls-options.ts';
import { dialThrough } from './dial-through.ts';
import { KafkaFrames } from './kafka-frames.ts';
import { giveKafkajsCodecs, kafkajsTypeOf } from './kafkajs-codecs.ts';
import {
  closeWithinMs,
  type DescribedCluster,
  type StreamClient,
  type StreamClientOptions,
  type StreamConsumeOptions,
  type StreamMessage,
} from './stream-client.ts';

const requestTimeoutMs = 30_000; // the harness's own time-out comes first
const connectTimeoutMs = 3_000;
const joinDeadlineMs = 15_000;

/** kafkajs computes negative time-outs, about 840 a second when idle: Node warns of the first. Others warn as ever. */
const { emitWarning } = process;
process.emitWarning = (...warning: unknown[]): void => {
  if (warning[1] !== 'TimeoutNegativeWarning') Reflect.apply(emitWarning, process, warning);
};

export class KafkajsClient implements StreamClient {
  readonly #kafka: Kafka;
  readonly #describing: Kafka;
  readonly #acks: number;
  readonly #compression: CompressionTypes;
  readonly #producers: readonly Producer[];
  readonly #consumers: Consumer[] = [];
  readonly #sockets = new Set<net.Socket>();

  constructor(options: StreamClientOptions) {
    this.#acks = options.acks === 'all' ? -1 : options.acks;
    giveKafkajsCodecs();
    this.#compression = kafkajsTypeOf(options.compression);
    const common = {
      clientId: options.clientId,
      brokers: options.address.split(','),
      logLevel: logLevel.NOTHING,
      socketFactory: guardedSocket(options, this.#sockets),
      ...(options.sasl !== undefined && { sasl: saslOf(options.sasl) }),
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
    };
    const producing = new Kafka({ ...common, retry: { retries: 0 } });
    // Reading replies is no attempt that is measured: it goes on however long the broker is away. kafkajs takes the
    // settings for finding a group's coordinator from the client, so the consumers have one of their own.
    this.#kafka = new Kafka({ ...common, retry: { retries: 1_000, initialRetryTime: 50, maxRetryTime: 500 } });
    this.#producers = Array.from({ length: options.producers }, () =>
      producing.producer({
        createPartitioner: Partitioners.DefaultPartitioner,
        allowAutoTopicCreation: false,
        retry: { retries: 0 },
      }),
    );
    this.#describing = producing;
  }

  async describe(topics: readonly string[]): Promise<DescribedCluster> {
    const admin = this.#describing.admin();
    await admin.connect();
    try {
      const found = topics.length === 0 ? [] : (await admin.fetchTopicMetadata({ topics: [...topics] })).topics;
      const { brokers } = await admin.describeCluster();
      return {
        brokers: brokers.map(({ host, port }) => `${host}:${port}`),
        partitions: new Map(found.map(({ name, partitions }) => [name, partitions.length])),
      };
    } finally {
      await admin.disconnect();
    }
  }

  async connect(producer: number): Promise<void> {
    await this.#producers[producer]?.connect();
  }

  async send(producer: number, messages: readonly StreamMessage[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, key, value, partition, headerNames, headerValues } of messages) {
      const headers: Record<string, string | Buffer> = {};
      for (let n = 0; n < headerNames.length; n++) headers[headerNames[n] as string] = headerValues[n] ?? '';
      const message = { key: key ?? null, value, headers, ...(partition !== undefined && { partition }) };
      const found = byTopic.get(topic);
      if (found === undefined) byTopic.set(topic, [message]);
      else found.push(message);
    }
    const topicMessages = [...byTopic].map(([topic, batch]) => ({ topic, messages: batch }));
    await this.#producers[producer]?.sendBatch({ topicMessages, acks: this.#acks, compression: this.#compression });
  }

  /** `readUncommitted`: also what was never committed, or not yet. Left out: false. */
  async consume(options: StreamConsumeOptions & { readonly readUncommitted?: boolean }): Promise<void> {
    const { topics, groupId, from, onMessage, readUncommitted = false } = options;
    const consumer = this.#kafka.consumer({
      groupId,
      readUncommitted,
      maxWaitTimeInMs: 500,
      minBytes: 1,
      allowAutoTopicCreation: false,
    });
    this.#consumers.push(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: from === 'earliest' });
    const ready = Promise.withResolvers<void>();
    // The first fetch, even an empty one, proves that the positions are fixed.
    consumer.on(consumer.events.FETCH, () => ready.resolve());
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: async ({ batch }) => {
        for (const { headers, value, key } of batch.messages) {
          onMessage((name) => headers?.[name]?.toString(), value, key);
        }
      },
    });
    await Promise.race([
      ready.promise,
      sleep(joinDeadlineMs, undefined, { ref: false }).then(() =>
        Promise.reject(new Error('the consumer was not assigned in time')),
      ),
    ]);
  }

  async close(): Promise<void> {
    await Promise.all([
      ...this.#consumers.map((consumer) => bounded(closeWithinMs, consumer.disconnect())),
      ...this.#producers.map((producer) => bounded(closeWithinMs, producer.disconnect())),
    ]);
    // A peer that says nothing would otherwise keep them, and the process, for as long as requests may take.
    for (const socket of this.#sockets) socket.destroy(new Error('closed'));
  }
}

/** `made` holds those that are still open. */
function guardedSocket({ linkOf, tls: settings }: StreamClientOptions, made: Set<net.Socket>): ISocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = dialThrough(linkOf, () => {
      if (settings === undefined) return net.connect({ host, port }, onConnect);
      return tls.connect({ host, port, ...tlsOptions(settings.serverName ?? bareHost(host), settings) }, onConnect);
    });
    guardIncoming(socket, new KafkaFrames());
    made.add(socket);
    socket.once('close', () => made.delete(socket));
    return socket;
  };
}

function saslOf(sasl: Sasl): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return { ...sasl } as SASLOptions;
  const value = { value: sasl.token, ...(sasl.extensions !== undefined && { extensions: sasl.extensions }) };
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => value };
}
