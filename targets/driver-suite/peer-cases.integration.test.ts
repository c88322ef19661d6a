/** What users met elsewhere, a row each: peers that refuse, leave, close and hold back, and what is told of the attempts. */
import http2, { type ServerHttp2Session } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import amqplib, { type Channel, type ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GrpcClient, QueueTarget, Request, StreamTarget, Target } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { grpcEntry } from '../grpc/preset.ts';
import { until } from '../process/until.ts';
import { rabbitmqEntry } from '../queue/rabbitmq/preset.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import { createTopics } from '../stream/create-topics.ts';
import { streamEntry } from '../stream/preset.ts';
import { RawServer } from './raw-server.ts';
import { type Attempt, RecordedSession } from './recorded-session.ts';

const common = { name: 'own', engine: 'native', via: 'direct' } as const;
const cleanUp: (() => Promise<unknown> | unknown)[] = [];
let stack: SharedTestStack;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

afterAll(() => stack.down());

async function open(entry: typeof grpcEntry, target: Target, address: string, request: Request) {
  const pattern = target.protocol === 'grpc' ? 'request-reply' : 'one-way';
  const operations = { send: { pattern, request } } as const;
  const session = await RecordedSession.open({ driver: entry.driver, target, address, operations, slots: 256 });
  cleanUp.push(async () => {
    await session.close();
    expect(session.violations).toEqual([]);
  });
  return session;
}

/** `50 ok`, or by reason, most frequent first: `30 not confirmed, 20 ok`. */
function told(attempts: readonly Attempt[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, reason } of attempts) {
    const what = outcome === outcomes.ok ? 'ok' : reason;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a || 0)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

const runMany = (session: RecordedSession, count = 50) =>
  Promise.all(Array.from({ length: count }, () => session.run('send')));

describe.each(['own', 'grpc-js'] as const)('gRPC with %s', (client: GrpcClient) => {
  /** One call every few milliseconds, each answered after 20 ms. */
  async function callMany(onSession: (session: ServerHttp2Session) => void, refuses: (call: number) => boolean) {
    const sessions = new Set<ServerHttp2Session>();
    let calls = 0;
    const server = http2.createServer();
    server.on('session', (session) => {
      sessions.add(session);
      session.once('close', () => sessions.delete(session));
      onSession(session);
    });
    server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      if (refuses(++calls)) return stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      setTimeout(() => {
        if (stream.destroyed) return;
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.alloc(5));
      }, 20);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp.push(async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const proto = join(import.meta.dirname, '..', 'grpc', 'fixtures', 'interop.proto');
    const target = { ...common, protocol: 'grpc', connections: 2, client, proto, reflection: false } as const;
    const request = { method: 'grpc.testing.TestService/UnaryCall', message: {}, metadata: {} };
    const session = await open(grpcEntry, target, address, request);
    const attempts: Attempt[] = [];
    for (let n = 0; n < 200; n++) {
      attempts.push(session.start('send'));
      await sleep(4);
    }
    await Promise.all(attempts.map(({ whenEnded }) => whenEnded));
    return { attempts, calls };
  }

  it('loses nothing to a server that closes connections of an age', async () => {
    const { attempts } = await callMany(
      (session) => void setTimeout(() => session.destroyed || session.close(), 150),
      () => false,
    );
    expect(told(attempts)).toBe('200 ok');
  });

  it('loses nothing to a server that refuses a stream now and then', async () => {
    const { attempts, calls } = await callMany(
      () => undefined,
      (call) => call % 20 === 0,
    );
    const resent = attempts.reduce((sum, { resentTimes }) => sum + resentTimes, 0);
    expect(told(attempts)).toBe('200 ok');
    expect(resent).toBeGreaterThanOrEqual(10);
    expect(calls).toBe(200 + resent);
  });
});

describe('RabbitMQ', () => {
  const full = `full-${process.pid}`;
  const jobs = `jobs-${process.pid}`;
  const target = {
    ...common,
    protocol: 'queue',
    broker: 'rabbitmq',
    durable: true,
    prefetch: 10,
    consume: false,
  } as const;
  let address: string;
  let connection: ChannelModel;
  let channel: Channel;

  beforeAll(async () => {
    address = stack.broker('rabbitmq').directAddress;
    connection = await amqplib.connect(`amqp://${address}`);
    channel = await connection.createChannel();
    const refusing = { 'x-max-length': 20, 'x-overflow': 'reject-publish' };
    await channel.assertQueue(full, { durable: true, arguments: refusing });
    await channel.assertQueue(jobs, { durable: true });
  });

  afterAll(async () => {
    for (const queue of [full, jobs]) await channel.deleteQueue(queue);
    await connection.close();
  });

  const openQueue = (
    routingKey: string,
    more: { readonly at?: string; readonly exchange?: string; readonly confirms?: boolean } = {},
  ) => {
    const { at = address, exchange = '', confirms = true } = more;
    const queue: QueueTarget = { ...target, confirms, address: `amqp://guest:guest@${at}/%2F` };
    return open(rabbitmqEntry, queue, at, { exchange, routingKey, body: 'x', headers: {} });
  };

  it('that takes twenty and refuses the rest: each is told', async () => {
    expect(told(await runMany(await openQueue(full)))).toBe('30 not confirmed, 20 ok');
  });

  it('that has no queue for it', async () => {
    const session = await openQueue('nowhere', { exchange: 'amq.topic' });
    expect(told(await runMany(session))).toBe('50 unroutable');
  });

  it('that has no such exchange and closes the channel', async () => {
    const session = await openQueue('a', { exchange: 'none-{{key}}' });
    expect(told(await runMany(session))).toBe('50 channel closed: NOT_FOUND - no exchange');
  });

  /** Between us and the broker: what it says at an alarm, and says no more. */
  async function alarming() {
    let tell: (method: Buffer) => void = () => undefined;
    const server = await RawServer.listen((socket) => {
      const [host = '', port] = address.split(':');
      const upstream = connect({ host, port: Number(port) });
      upstream.on('error', () => undefined);
      socket.pipe(upstream).pipe(socket);
      tell = (method) =>
        void socket.write(Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, method.length]), method, Buffer.from([0xce])]));
    });
    cleanUp.push(() => server.close());
    const reason = Buffer.from('low on memory');
    return {
      address: server.address,
      block: () => tell(Buffer.concat([Buffer.from([0, 10, 0, 60, reason.length]), reason])),
      unblock: () => tell(Buffer.from([0, 10, 0, 61])),
    };
  }

  it.each([true, false])(
    'that blocks its publishers: what is due waits, and it is told (confirms: %s)',
    async (confirms) => {
      const broker = await alarming();
      const session = await openQueue(jobs, { at: broker.address, confirms });
      expect(told(await runMany(session, 5))).toBe('5 ok');
      expect(session.session.blockedPublishers?.()).toBeNull();
      broker.block();
      await until('we know of it', () => session.session.blockedPublishers?.() !== null);
      const waiting = Array.from({ length: 5 }, () => session.start('send'));
      await sleep(100);
      expect(waiting.map(({ sentTimes }) => sentTimes)).toEqual([0, 0, 0, 0, 0]);
      broker.unblock();
      expect(told(await Promise.all(waiting.map(({ whenEnded }) => whenEnded)))).toBe('5 ok');
      const blocked = session.session.blockedPublishers?.();
      expect(blocked).toMatchObject({ times: 1, reason: 'low on memory' });
      expect(blocked?.durationMs).toBeGreaterThanOrEqual(100);
    },
  );
});

describe.each(['platformatic', 'kafkajs'] as const)('Kafka with %s', (client) => {
  const small = `small-${client}-${process.pid}`;
  const compacted = `compacted-${client}-${process.pid}`;
  let address: string;

  beforeAll(async () => {
    address = stack.broker('kafka').directAddress;
    const options = { clientId: 'test', bootstrapBrokers: [address] };
    const topic = (name: string, configs: { name: string; value: string }[]) =>
      createTopics(options, { topics: [name], partitions: 1, replicas: 1, configs });
    await topic(small, [{ name: 'max.message.bytes', value: '2000' }]);
    await topic(compacted, [{ name: 'cleanup.policy', value: 'compact' }]);
  });

  afterAll(async () => {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [address] });
    await admin.deleteTopics({ topics: [small, compacted] });
    await admin.close();
  });

  const openTopic = (topic: string, request: { readonly key?: string; readonly value: string }) => {
    const target: StreamTarget = {
      ...{ ...common, protocol: 'stream', broker: 'kafka', acks: 'all', lingerMs: 0, partitions: 1, producers: 1 },
      ...{ client, consume: false, address },
    };
    return open(streamEntry, target, address, { topic, headers: {}, ...request });
  };

  it('that takes no record of this size', async () => {
    const session = await openTopic(small, { value: 'x'.repeat(3_000) });
    expect(told(await runMany(session, 1))).toBe('1 kafka MESSAGE_TOO_LARGE');
  });

  it('that takes no record without a key', async () => {
    const session = await openTopic(compacted, { value: 'x' });
    expect(told(await runMany(session))).toBe('50 kafka INVALID_RECORD');
  });

  it('that has no such topic', async () => {
    await expect(openTopic(`none-${process.pid}`, { value: 'x' })).rejects.toMatchObject({
      code: 'cannotConnect',
      exitCode: 3,
    });
  });
});
