/** Compressed messages: those of both sides, and those that unpack to nothing good. */
import { gunzipSync, gzipSync } from 'node:zlib';
import amqplib, { type Channel, type ChannelModel, type Options } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomes } from '../../driver.ts';
import { mostUnpackedBytes } from '../../driver-kit/body-codec.ts';
import {
  describeCompressedOrders,
  describeLargeOrdersCompressed,
  minBytes,
} from '../../driver-suite/compressed-orders.ts';
import { ContractRig } from '../../driver-suite/contract-rig.ts';
import { directQueue } from '../../driver-suite/direct-targets.ts';
import { RecordedSession } from '../../driver-suite/recorded-session.ts';
import { until } from '../../process/until.ts';
import { type SharedTestStack, sharedTestStack } from '../../stack/shared-test-stack.ts';
import { rabbitmqDriver } from './driver.ts';
import { rabbitmqEntry } from './preset.ts';

const target = directQueue;
const bomb = gzipSync(Buffer.alloc(mostUnpackedBytes + 1), { level: 1 });
let stack: SharedTestStack;
let address: string;
let connection: ChannelModel;
let channel: Channel;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true });
  address = stack.broker('rabbitmq').directAddress;
  connection = await amqplib.connect(`amqp://${address}`);
  channel = await connection.createChannel();
});
afterAll(async () => {
  await connection.close();
  await stack.down();
});

for (const codec of ['gzip', 'zstd'] as const) {
  describeCompressedOrders(`Queue with ${codec}`, async () => ({
    entry: rabbitmqEntry,
    target: { ...target, compression: { codec } },
    broker: address,
  }));
}

describeLargeOrdersCompressed('Queue with gzip for large messages', async () => ({
  entry: rabbitmqEntry,
  target: { ...target, compression: { codec: 'gzip', minBytes } },
  broker: address,
}));

/** By the key of the request. */
const answers: Readonly<Record<string, { readonly content: Buffer; readonly encoding?: string }>> = {
  good: { content: gzipSync('done'), encoding: 'gzip' },
  plain: { content: Buffer.from('done') },
  bomb: { content: bomb, encoding: 'gzip' },
  'cut short': { content: gzipSync('done').subarray(0, 12), encoding: 'gzip' },
  untrue: { content: Buffer.from('done'), encoding: 'gzip' },
  unknown: { content: Buffer.from('done'), encoding: 'lzma' },
};

it('an answer that does not unpack within its bound fails its operation, and nobody else’s', async () => {
  const { queue: requests } = await channel.assertQueue('', { autoDelete: true });
  const { queue: replies } = await channel.assertQueue('', { autoDelete: true });
  const received: unknown[] = [];
  await channel.consume(
    requests,
    (message) => {
      const { correlationId, replyTo, headers, contentEncoding } = message?.properties ?? {};
      received.push(contentEncoding);
      const { content, encoding } = answers[headers?.kind] ?? { content: Buffer.alloc(0) };
      const options: Options.Publish = { correlationId };
      if (encoding !== undefined) options.contentEncoding = encoding;
      channel.sendToQueue(replyTo, content, options);
    },
    { noAck: true },
  );
  const session = await RecordedSession.open({
    driver: rabbitmqDriver,
    address,
    target: { ...target, address: `amqp://${address}`, reply: { queue: replies }, compression: { codec: 'zstd' } },
    operations: {
      ask: {
        pattern: 'request-reply',
        request: { exchange: '', routingKey: requests, body: '{{id}}', headers: { kind: '{{key}}' } },
      },
    },
  });
  const kinds = Object.keys(answers);
  const ends = await Promise.all(kinds.map((key) => session.run('ask', { key })));
  const failed = (reason: string) => ({ outcome: outcomes.failed, reason, retryable: false });
  expect(ends.map(({ outcome, reason, retryable }) => ({ outcome, reason, retryable }))).toEqual([
    { outcome: outcomes.ok, reason: '', retryable: false },
    { outcome: outcomes.ok, reason: '', retryable: false },
    failed('oversized answer'),
    ...kinds.slice(3).map(() => failed('malformed answer')),
  ]);
  expect(received).toEqual(kinds.map(() => 'zstd'));
  await session.close();
  expect(session.violations).toEqual([]);
});

it('a message that is too small to be packed goes without a content-encoding', async () => {
  const { queue: requests } = await channel.assertQueue('', { autoDelete: true });
  const received: { readonly encoding: unknown; readonly content: Buffer }[] = [];
  await channel.consume(
    requests,
    (message) => {
      if (message === null) return;
      received.push({ encoding: message.properties.contentEncoding, content: message.content });
    },
    { noAck: true },
  );
  const [small, large] = [Buffer.alloc(minBytes - 1, 'small '), Buffer.alloc(minBytes, 'large ')];
  const session = await RecordedSession.open({
    driver: rabbitmqDriver,
    address,
    target: { ...target, address: `amqp://${address}`, compression: { codec: 'gzip', minBytes } },
    operations: {
      tell: { pattern: 'one-way', request: { exchange: '', routingKey: requests, body: '{{payload}}', headers: {} } },
    },
    payloads: { tell: [small, large] },
  });
  for (const payload of [0, 1, 0]) await session.run('tell', { payload });
  await until('all are there', () => received.length === 3);
  expect(received.map(({ encoding }) => encoding)).toEqual([undefined, 'gzip', undefined]);
  expect(received.map(({ encoding, content }) => (encoding === 'gzip' ? gunzipSync(content) : content))).toEqual([
    small,
    large,
    small,
  ]);
  expect(session.session.bodyBytes?.()).toMatchObject({
    plainBytesUp: large.length,
    wireBytesUp: received[1]?.content.length,
  });
  await session.close();
  expect(session.violations).toEqual([]);
});

describe('the reference service', () => {
  let names: Readonly<Record<string, string>> = {};
  const rig = new ContractRig(async () => ({
    entry: {
      ...rabbitmqEntry,
      resourceNames: (tag) => {
        names = rabbitmqEntry.resourceNames(tag);
        return names;
      },
    },
    target: { ...target, compression: { codec: 'gzip' } },
    broker: address,
  }));
  beforeAll(() => rig.begin());
  afterAll(() => rig.end());

  it('refuses an order that does not unpack within its bound, and goes on', async () => {
    const { recorded, service } = await rig.open('request-reply');
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const codes: unknown[] = [];
    await channel.consume(queue, (message) => codes.push(message?.properties.headers?.['wirebench-code']), {
      noAck: true,
    });
    const headers = { 'wirebench-action': 'place', 'wirebench-order': 'order-x' };
    const options = { replyTo: queue, messageId: 'order-x', contentEncoding: 'gzip', headers };
    for (const content of [bomb, Buffer.from('no gzip')]) channel.sendToQueue(names.requests ?? '', content, options);
    await until('both are answered', () => codes.length === 2);
    expect(codes).toEqual(['invalid', 'invalid']);
    expect((await recorded.run('placeOrder')).outcome).toBe(outcomes.ok);
    expect(service.process.exit).toBeNull();
    await rig.endTest();
  }, 20_000);
});
