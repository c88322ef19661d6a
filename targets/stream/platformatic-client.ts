import type net from 'node:net';
import { Admin, type MessageToProduce, Producer } from '@platformatic/kafka';
import type { StreamCodec } from '../../scenarios/scenario.ts';
import { bounded } from '../driver-kit/bounded.ts';
import { guardPlatformatic, orAsRefused, PeerFaults, type PlatformaticContext } from './platformatic-guard.ts';
import { saslOf, securedBy } from './platformatic-security.ts';
import {
  closeWithinMs,
  type DescribedCluster,
  type StreamClient,
  type StreamClientOptions,
  type StreamConsumeOptions,
  type StreamMessage,
} from './stream-client.ts';
import { type ReadingOptions, TopicReader } from './topic-reader.ts';

const requestTimeoutMs = 30_000; // the harness's own time-out comes first
const connectTimeoutMs = 3_000;
/** The library's five seconds would hold all sends up for a round trip as often; cut off, we look again anyway. */
const metadataMaxAgeMs = 300_000;

/** For two minutes, as long as Kafka's own producer: an attempt is given up by the harness's time-out before. */
const resends = { retries: 600, retryDelay: 200 };

/** What the library writes as null, which its types leave out. */
const nothing = null as unknown as Buffer;

export class PlatformaticClient implements StreamClient {
  readonly #options: StreamClientOptions;
  readonly #acks: number;
  readonly #codec: StreamCodec | 'none';
  readonly #sockets = new OpenSockets();
  readonly #seen = new PeerFaults();
  readonly #producers: Producer[];
  /** Of a cluster: where the next producer begins to ask. */
  #firstAsked = 0;
  readonly #readers = new Set<TopicReader>();
  /** Header names come from a few fixed texts: their bytes are made once. */
  readonly #nameBytes = new Map<string, Buffer>();
  #closed = false;

  constructor(options: StreamClientOptions) {
    guardPlatformatic();
    this.#options = options;
    this.#acks = options.acks === 'all' ? -1 : options.acks;
    this.#codec = options.compression?.codec ?? 'none';
    this.#producers = Array.from({ length: options.producers }, (_, n) => this.#newProducer(n));
  }

  #newProducer(n: number): Producer {
    const { idempotent, onLost } = this.#options;
    const producer = new Producer({
      ...this.#base(`producer-${n}`),
      ...(idempotent ? { idempotent: true, ...resends } : { repeatOnStaleMetadata: false }),
    });
    producer.on('client:broker:disconnect', () => {
      if (!this.#closed && this.#producers[n] === producer) onLost(n);
    });
    return producer;
  }

  #base(role: string) {
    return {
      clientId: `${this.#options.clientId}-${role}`,
      bootstrapBrokers: this.#addresses(),
      context: { linkOf: this.#options.linkOf, sockets: this.#sockets, seen: this.#seen } satisfies PlatformaticContext,
      ...(this.#options.tls !== undefined && securedBy(this.#options.tls, this.#addresses())),
      ...(this.#options.sasl !== undefined && { sasl: saslOf(this.#options.sasl) }),
      retries: 0,
      timeout: requestTimeoutMs,
      connectTimeout: connectTimeoutMs,
      metadataMaxAge: metadataMaxAgeMs,
    };
  }

  #addresses(): string[] {
    const all = this.#options.address.split(',');
    const first = this.#firstAsked % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  }

  async describe(names: readonly string[]): Promise<DescribedCluster> {
    const admin = new Admin(this.#base('admin'));
    try {
      const { brokers, topics } = await orAsRefused(this.#seen, admin.metadata({ topics: [...names] }));
      return {
        brokers: [...brokers.values()].map(({ host, port }) => `${host}:${port}`),
        partitions: new Map([...topics].map(([name, { partitionsCount }]) => [name, partitionsCount])),
      };
    } finally {
      await admin.close().catch(() => undefined);
    }
  }

  async connect(producer: number, topics: readonly string[], partition?: number): Promise<void> {
    const found = this.#producer(producer);
    const metadata = await this.#metadataOf(producer, topics);
    const leaders = [...metadata.topics.values()].flatMap(({ partitions }) =>
      Object.entries(partitions).flatMap(([n, { leader }]) => {
        return partition === undefined || Number(n) === partition ? [leader] : [];
      }),
    );
    await found.connectToBrokers([...new Set(leaders)]);
  }

  /**
   * The library asks the first broker that takes its connection, every time the same one, and a proxy takes it also for
   * one that is gone: where there are others, a producer that got no answer is replaced by one that asks the next first.
   */
  async #metadataOf(n: number, topics: readonly string[]) {
    const asked = this.#producer(n);
    try {
      return await orAsRefused(this.#seen, asked.metadata({ topics: [...topics], forceUpdate: true }));
    } catch (error) {
      if (this.#addresses().length > 1 && !this.#options.idempotent) {
        this.#firstAsked++;
        this.#producers[n] = this.#newProducer(n);
        void bounded(closeWithinMs, asked.close());
      }
      throw error;
    }
  }

  #producer(n: number): Producer {
    const producer = this.#producers[n];
    if (producer === undefined) throw new Error(`there is no producer ${n}`);
    return producer;
  }

  async send(producer: number, messages: readonly StreamMessage[]): Promise<void> {
    const batch: MessageToProduce[] = messages.map(({ topic, key, value, partition, headerNames, headerValues }) => {
      const message: MessageToProduce = { topic, value: value ?? nothing };
      if (partition !== undefined) message.partition = partition;
      if (key !== undefined) message.key = Buffer.from(key);
      if (headerNames.length > 0) message.headers = this.#headers(headerNames, headerValues);
      return message;
    });
    await orAsRefused(
      this.#seen,
      this.#producer(producer).send({ messages: batch, acks: this.#acks, compression: this.#codec }),
    );
  }

  #headers(names: readonly string[], values: readonly (string | Buffer | null)[]): Map<Buffer, Buffer> {
    const headers = new Map<Buffer, Buffer>();
    for (let n = 0; n < names.length; n++) {
      headers.set(this.#bytesOfName(names[n] as string), bytesOf(values[n] as string | Buffer | null));
    }
    return headers;
  }

  #bytesOfName(name: string): Buffer {
    const known = this.#nameBytes.get(name);
    if (known !== undefined) return known;
    const bytes = Buffer.from(name);
    this.#nameBytes.set(name, bytes);
    return bytes;
  }

  async consume(options: StreamConsumeOptions): Promise<void> {
    await this.reader(options).open();
  }

  /** Over all connections, since it was made. */
  get bytesRead(): number {
    return this.#sockets.bytesRead;
  }

  /** To be opened; closed with the client. */
  reader(options: ReadingOptions): TopicReader {
    const reader = new TopicReader(this.#base('consumer'), options);
    this.#readers.add(reader);
    return reader;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#readers].map((reader) => reader.close()));
    await Promise.all(this.#producers.map((producer) => bounded(closeWithinMs, producer.close())));
    // A peer that says nothing would otherwise keep them, and the process, for as long as requests may take.
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Those that are gone leave what they read. */
class OpenSockets extends Set<net.Socket> {
  #bytesBefore = 0;

  get bytesRead(): number {
    return [...this].reduce((sum, socket) => sum + socket.bytesRead, this.#bytesBefore);
  }

  override delete(socket: net.Socket): boolean {
    const wasOpen = super.delete(socket);
    if (wasOpen) this.#bytesBefore += socket.bytesRead;
    return wasOpen;
  }
}

function bytesOf(header: string | Buffer | null): Buffer {
  if (header === null) return nothing;
  return typeof header === 'string' ? Buffer.from(header) : header;
}
