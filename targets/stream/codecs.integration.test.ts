/** Every codec with every client, against a broker whose own codecs are Java's: it checks ours, and packs anew what is read. */
import { Admin } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ratioOf } from '../../result/body-bytes.ts';
import type { StreamCodec, StreamTarget } from '../../scenarios/scenario.ts';
import { describeCompressedOrders } from '../driver-suite/compressed-orders.ts';
import { until } from '../process/until.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import { createTopics } from './create-topics.ts';
import { KafkajsClient } from './kafkajs-client.ts';
import { PlatformaticClient } from './platformatic-client.ts';
import { streamEntry } from './preset.ts';
import type { StreamClient, StreamClientOptions, StreamMessage } from './stream-client.ts';
import { streamBodies, useStreamCodecs } from './stream-codecs.ts';

const codecs: readonly StreamCodec[] = ['gzip', 'snappy', 'lz4', 'zstd'];
const clients = {
  platformatic: (options: StreamClientOptions): StreamClient => new PlatformaticClient(options),
  kafkajs: (options: StreamClientOptions): StreamClient => new KafkajsClient(options),
};
type ClientName = keyof typeof clients;
const other = { platformatic: 'kafkajs', kafkajs: 'platformatic' } as const satisfies Record<ClientName, ClientName>;
const pairs = codecs.flatMap((codec) => [
  { codec, producer: 'platformatic' } as const,
  { codec, producer: 'kafkajs' } as const,
]);

let stack: SharedTestStack;
let address: string;

beforeAll(async () => {
  stack = await sharedTestStack({ kafka: true });
  address = stack.broker('kafka').directAddress;
});
afterAll(() => stack.down());

/** Repetitive, random, short and long bodies; they travel as header values, since those are what a client hands on. */
const bodies = ['', 'a', 'wirebench '.repeat(3_000), randomText(40_000), 'ü–"\\\n'.repeat(500)];

describe('a record batch', () => {
  const opened: StreamClient[] = [];
  const topicOf = (codec: StreamCodec, producer: ClientName) => `codec-${codec}-${producer}-${process.pid}`;
  const topics = pairs.map(({ codec, producer }) => topicOf(codec, producer));
  let admin: Admin;
  beforeAll(async () => {
    const options = { clientId: 'codecs', bootstrapBrokers: [address] };
    admin = new Admin(options);
    for (const { codec, producer } of pairs) {
      // The broker keeps the topic in another codec: it must unpack ours to do so, and the reader then meets Java's.
      const kept = codecs[(codecs.indexOf(codec) + 1) % codecs.length] ?? 'gzip';
      const configs = [{ name: 'compression.type', value: kept }];
      await createTopics(options, { topics: [topicOf(codec, producer)], partitions: 1, replicas: 1, configs });
    }
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.close()));
  });
  afterAll(async () => {
    await admin.deleteTopics({ topics });
    await admin.close();
  });

  it.each(pairs)(
    'of $codec by $producer is read by the broker, and what Java packed by the other client',
    async ({ codec, producer }) => {
      const topic = topicOf(codec, producer);
      const open = (name: ClientName) => {
        const options = {
          address,
          clientId: `${topic}-${name}`,
          acks: 'all' as const,
          producers: 1,
          onLost: () => undefined,
        };
        const client = clients[name]({ ...options, compression: { codec } });
        opened.push(client);
        return client;
      };
      useStreamCodecs({ codec });
      const writing = open(producer);
      await writing.connect(0, [topic]);
      const before = streamBodies();
      await writing.send(
        0,
        bodies.map(
          (body): StreamMessage => ({
            topic,
            key: 'k',
            value: Buffer.from(body),
            headerNames: ['body'],
            headerValues: [body],
          }),
        ),
      );
      const after = streamBodies();
      const plainBytes = after.plainBytesUp - before.plainBytesUp;
      expect(plainBytes).toBeGreaterThan(Buffer.byteLength(bodies.join('')) * 2);
      expect(ratioOf(plainBytes, after.wireBytesUp - before.wireBytesUp)).toBeGreaterThan(1.3);
      const read: (string | undefined)[] = [];
      await open(other[producer]).consume({
        topics: [topic],
        groupId: topic,
        from: 'earliest',
        onMessage: (header) => read.push(header('body')),
      });
      await until('all records are read', () => read.length >= bodies.length);
      expect(read).toEqual(bodies);
      expect(streamBodies().plainBytesDown - after.plainBytesDown).toBe(plainBytes);
    },
    20_000,
  );
});

const target: StreamTarget = {
  name: 'stream',
  protocol: 'stream',
  engine: 'native',
  via: 'direct',
  broker: 'kafka',
  acks: 'all',
  lingerMs: 0,
  partitions: 3,
  producers: 1,
  client: 'platformatic',
  consume: false,
};

for (const [n, codec] of codecs.entries()) {
  const client: ClientName = n % 2 === 0 ? 'platformatic' : 'kafkajs';
  describeCompressedOrders(`Stream with ${codec} by ${client}`, async () => ({
    entry: streamEntry,
    target: { ...target, client, compression: { codec } },
    broker: address,
  }));
}

/** Topics that were created a moment ago may not have reached the metadata yet. */
/** Printable, and the same each time. */
function randomText(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(33 + ((state >>> 16) % 90));
  }).join('');
}
