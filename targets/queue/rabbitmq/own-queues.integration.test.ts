/** Queues that know nothing of us, and a reference service that is sent nonsense. */
import diagnosticsChannel from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import amqplib, { type Channel, type ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import type { Pattern } from '../../../result/result-types.ts';
import type { QueueRequest, QueueTarget } from '../../../scenarios/scenario.ts';
import { outcomes } from '../../driver.ts';
import { directQueue } from '../../driver-suite/direct-targets.ts';
import { RecordedSession } from '../../driver-suite/recorded-session.ts';
import { startReferenceService } from '../../process/reference-service.ts';
import { until } from '../../process/until.ts';
import { type SharedTestStack, sharedTestStack } from '../../stack/shared-test-stack.ts';
import { rabbitmqDriver } from './driver.ts';
import { rabbitmqEntry } from './preset.ts';

const plain = `own-queue-${process.pid}`;
const answers = `own-answers-${process.pid}`;
const sessions: RecordedSession[] = [];
let stack: SharedTestStack;
let address: string;
let connection: ChannelModel;
let channel: Channel;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true });
  address = stack.broker('rabbitmq').directAddress;
  connection = await amqplib.connect(`amqp://${address}`);
  channel = await connection.createChannel();
  for (const queue of [plain, answers]) await channel.assertQueue(queue, { durable: true });
});

afterEach(async () => {
  const ended = sessions.splice(0);
  await Promise.all(ended.map((session) => session.close()));
  expect(ended.flatMap(({ violations }) => violations)).toEqual([]);
  for (const queue of [plain, answers]) await channel.purgeQueue(queue);
});

afterAll(async () => {
  for (const queue of [plain, answers]) await channel.deleteQueue(queue);
  await connection.close();
  await stack.down();
});

interface OwnOptions extends Partial<QueueTarget> {
  readonly request?: Partial<QueueRequest>;
  readonly pattern?: Pattern;
  readonly trialTag?: string;
}

async function open({ request, pattern = 'request-reply', trialTag = '00e4f001', ...target }: OwnOptions = {}) {
  const session = await RecordedSession.open({
    driver: rabbitmqDriver,
    address,
    trialTag,
    target: {
      name: 'jobs',
      protocol: 'queue',
      engine: 'native',
      via: 'direct',
      broker: 'rabbitmq',
      address: `amqp://guest:guest@${address}/%2F`,
      durable: true,
      confirms: true,
      prefetch: 10,
      consume: false,
      ...target,
    },
    operations: {
      send: {
        pattern,
        request: { exchange: '', routingKey: plain, body: '{"id":"{{id}}"}', headers: { via: '{{key}}' }, ...request },
      },
    },
  });
  sessions.push(session);
  return session;
}

const waitingIn = async (queue: string) => (await channel.checkQueue(queue)).messageCount;
const untilWaiting = (queue: string, count: number) =>
  vi.waitFor(async () => expect(await waitingIn(queue)).toBe(count), { timeout: 5_000, interval: 50 });
const runMany = (session: RecordedSession, count = 20) =>
  Promise.all(Array.from({ length: count }, () => session.run('send')));
const endsOf = (attempts: readonly { outcome: number | null; reason: string }[]) =>
  [...new Set(attempts.map(({ outcome, reason }) => `${outcome} ${reason}`))].join();

it('are handed messages, acknowledged when the broker has them, and stay as they are', async () => {
  const session = await open({ pattern: 'one-way' });
  const attempts = await runMany(session);
  expect(endsOf(attempts)).toBe(`${outcomes.ok} `);
  expect(session.completion('send')).toBe('acknowledged');
  await session.close();
  expect(await waitingIn(plain)).toBe(20);
  const message = await channel.get(plain, { noAck: true });
  expect(message).toMatchObject({
    properties: { deliveryMode: 2, messageId: attempts[0]?.id, headers: { via: 'key-0' } },
  });
  expect(message === false ? '' : message.content.toString()).toBe(`{"id":"${attempts[0]?.id}"}`);
});

it('are handed headers of the types that are written, and properties', async () => {
  const headers = {
    n: 5,
    long: 5_000_000_000,
    half: 0.5,
    yes: true,
    none: null,
    list: [1, 'a {{key}}'],
    at: { x: 'y' },
  };
  const session = await open({
    pattern: 'one-way',
    request: {
      headers,
      mandatory: false,
      properties: {
        ...{ contentType: 'application/json', priority: 4, expiration: 60_000, timestamp: 'now', type: 'order' },
        ...{ appId: 'shop', messageId: 'm-{{id}}', correlationId: 'c-{{key}}', replyTo: answers },
      },
    },
  });
  const { id } = await session.run('send');
  await session.close();
  const message = await channel.get(plain, { noAck: true });
  const properties = message === false ? {} : message.properties;
  expect(properties).toMatchObject({
    headers: { ...headers, list: [1, 'a key-0'] },
    ...{ contentType: 'application/json', priority: 4, expiration: '60000', type: 'order', appId: 'shop' },
    ...{ messageId: `m-${id}`, correlationId: 'c-key-0', replyTo: answers, timestamp: expect.any(Number) },
  });
});

it('drop what no queue takes where it is not mandatory', async () => {
  const session = await open({ pattern: 'one-way', request: { routingKey: 'nowhere-{{key}}', mandatory: false } });
  expect(await session.run('send')).toMatchObject({ outcome: outcomes.ok });
});

it.each(['quorum', 'stream'])('of type %s are consumed from; a stream keeps what others wrote', async (type) => {
  const queue = `${plain}-${type}`;
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
  try {
    if (type === 'stream') {
      for (let n = 0; n < 15; n++) channel.sendToQueue(queue, Buffer.from('of others'));
      await untilWaiting(queue, 15);
    }
    for (const existing of ['refuse', 'discard'] as const) {
      const session = await open({ consume: true, existing, request: { routingKey: queue } });
      if (type === 'stream')
        for (let n = 0; n < 15; n++) channel.sendToQueue(queue, Buffer.from('of others, meanwhile'));
      const attempts = await runMany(session);
      expect(endsOf(attempts)).toBe(`${outcomes.ok} `);
      expect(session.completion('send')).toBe('delivered');
      await session.close();
    }
    await untilWaiting(queue, type === 'stream' ? 15 + 2 * (15 + 20) : 0);
  } finally {
    await channel.deleteQueue(queue);
  }
});

it('without confirms count as handed over, and all the same arrive', async () => {
  const session = await open({ confirms: false, durable: false, pattern: 'one-way' });
  expect(endsOf(await runMany(session, 60))).toBe(`${outcomes.ok} `);
  await session.close();
  expect(await waitingIn(plain)).toBe(60);
});

const refusal = (code: string) => ({ code, exitCode: exitCodes.usage, hint: expect.stringContaining('bind') });

it('that hold messages of others are left as they are, in their order', async () => {
  const bodies = Array.from({ length: 50 }, (_, n) => `foreign ${n}`);
  for (const queue of [plain, answers]) for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body));
  for (const queue of [plain, answers]) await untilWaiting(queue, 50);
  await expect(open({ consume: true, pattern: 'one-way' })).rejects.toMatchObject(refusal('queueNotEmpty'));
  await expect(open({ reply: { queue: answers } })).rejects.toMatchObject(refusal('queueNotEmpty'));
  for (const queue of [plain, answers]) {
    await untilWaiting(queue, 50);
    for (const body of bodies) {
      const message = await channel.get(queue, { noAck: true });
      expect(message ? message.content.toString() : '').toBe(body);
    }
  }
});

it('that hold messages of others are used with existing: discard, which loses them', async () => {
  for (let n = 0; n < 50; n++) channel.sendToQueue(plain, Buffer.from('foreign'));
  await untilWaiting(plain, 50);
  const session = await open({ consume: true, existing: 'discard', pattern: 'one-way' });
  expect(endsOf(await runMany(session))).toBe(`${outcomes.ok} `);
  await session.close();
  expect(await waitingIn(plain)).toBe(0);
});

it('that have consumers already are not taken from', async () => {
  const { consumerTag } = await channel.consume(plain, () => undefined);
  await expect(open({ consume: true, pattern: 'one-way' })).rejects.toMatchObject(refusal('queueConsumed'));
  await channel.cancel(consumerTag);
});

it('get back what others sent meanwhile', async () => {
  const session = await open({ consume: true, pattern: 'one-way' });
  for (let n = 0; n < 5; n++) channel.sendToQueue(plain, Buffer.from('foreign'), { correlationId: 'f.1.2.3' });
  expect(endsOf(await runMany(session))).toBe(`${outcomes.ok} `);
  await session.close();
  await untilWaiting(plain, 5);
});

it('say so when others send more than may be held', async () => {
  const session = await open({ consume: true, pattern: 'one-way', prefetch: 5 });
  for (let n = 0; n < 10; n++) channel.sendToQueue(plain, Buffer.from('foreign'));
  await until('it has begun anew', () => session.session.reconnects() > 0 || null);
  await session.close();
  await untilWaiting(plain, 10);
});

it('need not be touched: with bind our consumer has a queue of its own', async () => {
  const exchange = `own-exchange-${process.pid}`;
  await channel.assertExchange(exchange, 'topic', { durable: false });
  await channel.bindQueue(plain, exchange, 'orders.#');
  for (let n = 0; n < 7; n++) channel.sendToQueue(plain, Buffer.from('foreign'));
  const request = { exchange, routingKey: 'orders.{{key}}' };
  const session = await open({ consume: { bind: { exchange, routingKey: 'orders.*' } }, pattern: 'one-way', request });
  expect(session.completion('send')).toBe('delivered');
  expect(endsOf(await runMany(session))).toBe(`${outcomes.ok} `);
  await session.close();
  await untilWaiting(plain, 27);
  await channel.deleteExchange(exchange);
});

it('are consumed with consume: what an earlier trial left there completes nothing', async () => {
  const earlier = await open({ trialTag: '00e4f000', pattern: 'one-way' });
  await runMany(earlier, 64);
  await earlier.close();
  const session = await open({ consume: true, pattern: 'one-way' });
  expect(session.completion('send')).toBe('delivered');
  const attempts = await runMany(session, 64);
  expect(endsOf(attempts)).toBe(`${outcomes.ok} `);
  expect(attempts.every(({ acknowledgedTimes }) => acknowledgedTimes <= 1)).toBe(true);
  expect(await waitingIn(plain)).toBe(0);
});

it('answer on the queue that the target names', async () => {
  const { consumerTag } = await channel.consume(plain, (message) => {
    if (message === null) return;
    const { correlationId, replyTo } = message.properties;
    channel.sendToQueue(replyTo, Buffer.from('done'), { correlationId: `${correlationId}` });
    channel.sendToQueue(replyTo, Buffer.from('done'), { correlationId: 'of somebody else' });
    channel.ack(message);
  });
  const session = await open({ reply: { queue: answers }, prefetch: 100 });
  expect(session.completion('send')).toBe('replied');
  expect(endsOf(await runMany(session))).toBe(`${outcomes.ok} `);
  await channel.cancel(consumerTag);
  await session.close();
  await untilWaiting(answers, 20); // those of somebody else
});

it('answer directly, without a queue, and are answered anew after the channel was lost', async () => {
  const { consumerTag } = await channel.consume(plain, (message) => {
    if (message === null) return;
    const { correlationId, replyTo } = message.properties;
    channel.sendToQueue(replyTo, Buffer.from('done'), { correlationId: `${correlationId}` });
    channel.ack(message);
  });
  const session = await open({ replies: 'direct', request: { exchange: '{{key}}' } });
  expect(session.completion('send')).toBe('replied');
  const runWith = (key: string) => session.run('send', { key });
  expect(await runWith('')).toMatchObject({ outcome: outcomes.ok });
  expect(await runWith('no-such-exchange')).toMatchObject({ outcome: outcomes.failed }); // the broker closes the channel
  expect(await runWith('')).toMatchObject({ outcome: outcomes.ok });
  await channel.cancel(consumerTag);
});

it('that do not exist are found before load starts; a routing key that leads nowhere fails each message', async () => {
  const errorOf = (options: OwnOptions) => open(options).catch((error: unknown) => error as BenchError);
  expect(await errorOf({ request: { routingKey: 'no-such-queue' } })).toMatchObject({
    code: 'queueMissing',
    exitCode: exitCodes.stack,
    message: expect.stringContaining('no-such-queue'),
  });
  expect(await errorOf({ request: { exchange: 'no-such-exchange' } })).toMatchObject({ code: 'exchangeMissing' });
  expect(await errorOf({ reply: { queue: 'no-such-reply' } })).toMatchObject({ code: 'queueMissing' });
  expect(await errorOf({ consume: true, request: { routingKey: 'jobs-{{key}}' } })).toMatchObject({
    code: 'cannotConsume',
    exitCode: exitCodes.usage,
  });
  expect(await errorOf({ address: 'amqp://nobody:wrong@x' })).toBeInstanceOf(BenchError);
  for (const confirms of [true, false]) {
    // With a reply to wait for, so that it has not ended already without confirms.
    const session = await open({ confirms, request: { routingKey: 'nowhere-{{key}}' }, reply: { queue: answers } });
    const attempts = await runMany(session);
    expect(endsOf(attempts)).toBe(`${outcomes.failed} unroutable`);
    expect(attempts.some(({ retryable }) => retryable)).toBe(false);
    await session.close(); // two would share the replies, which is refused
  }
});

it('tell in the broker’s own words why it closed the channel, and go on with another', async () => {
  const nowhere = await open({ request: { exchange: 'none-{{key}}' }, pattern: 'one-way' });
  expect(await nowhere.run('send')).toMatchObject({
    outcome: outcomes.failed,
    reason: 'channel closed: NOT_FOUND - no exchange',
    retryable: true,
  });
  expect(await nowhere.run('send')).toMatchObject({ reason: 'channel closed: NOT_FOUND - no exchange' });
  expect(nowhere.session.reconnects()).toBeGreaterThan(0);
});

it('of which the key is too long to be sent fail and hold nobody up', async () => {
  const session = await open({ request: { routingKey: `${plain}{{key}}` } });
  const { outcome, reason, retryable } = await session.run('send', { key: 'x'.repeat(300) });
  expect({ outcome, retryable }).toEqual({ outcome: outcomes.failed, retryable: false });
  expect(reason).toMatch(/cannot be published/);
  expect(await session.run('send', { key: '' })).toMatchObject({ outcome: outcomes.ok });
});

it('take more than the connection does at once: what is too much waits its turn', async () => {
  const session = await open({ pattern: 'one-way', request: { body: 'x'.repeat(200_000) } });
  expect(endsOf(await runMany(session, 64))).toBe(`${outcomes.ok} `);
  expect(await waitingIn(plain)).toBe(64);
});

it('are reached over sockets that Node announces: their bytes can be counted', async () => {
  const sockets: Socket[] = [];
  const listen = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
  diagnosticsChannel.subscribe('net.client.socket', listen);
  try {
    const session = await open({ pattern: 'one-way', request: { body: 'x'.repeat(10_000) } });
    await runMany(session);
  } finally {
    diagnosticsChannel.unsubscribe('net.client.socket', listen);
  }
  expect(sockets).toHaveLength(1);
  expect(sockets[0]?.bytesWritten).toBeGreaterThan(200_000);
});

it('end a session that waits for a broker which has fallen silent, when the signal says so', async () => {
  const link = await stack.openLink('client', address);
  await stack.toxiproxy.addToxic(link.proxy, {
    name: 'mute',
    type: 'timeout',
    stream: 'downstream',
    attributes: { timeout: 0 },
  });
  const beganMs = performance.now();
  await expect(
    RecordedSession.open({
      driver: rabbitmqDriver,
      address: link.address,
      target: { ...directQueue, name: 'q', via: 'toxiproxy', prefetch: 1 },
      operations: {},
      signal: AbortSignal.timeout(300),
    }),
  ).rejects.toBeInstanceOf(BenchError);
  expect(performance.now() - beganMs).toBeLessThan(3_000);
  await stack.closeLink(link);
});

it('bring nonsense to the reference service, which answers or passes over it and goes on', async () => {
  const directory = await mkdtemp(join(os.tmpdir(), 'wirebench-queue-'));
  const names = rabbitmqEntry.resourceNames(`n${process.pid.toString(36)}`);
  const requests = names.requests ?? '';
  const target: QueueTarget = { ...directQueue, prefetch: 3 };
  const service = await startReferenceService(
    rabbitmqEntry.servicePath,
    {
      protocol: 'queue',
      target,
      port: 0,
      broker: address,
      names,
      evidencePath: join(directory, 'evidence'),
      population: { readable: 1, cancellable: 0 },
      workTimeMs: 0,
      rejectRatio: 0,
      seed: 1,
    },
    join(directory, 'service.log'),
  );
  try {
    const replies: string[] = [];
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.consume(
      queue,
      (message) => {
        const { correlationId, headers } = message?.properties ?? {};
        replies.push(`${correlationId} ${headers?.['wirebench-code']}`);
      },
      { noAck: true },
    );
    const send = (options: amqplib.Options.Publish, body: string | Buffer = 'body') =>
      channel.sendToQueue(requests, Buffer.from(body), options);
    send({});
    send({ replyTo: 'no-such-queue', correlationId: 'lost' });
    send({ replyTo: queue, correlationId: 'bare' }, Buffer.from([0xff, 0x00, 0xc3]));
    send({
      replyTo: queue,
      correlationId: 'typed',
      messageId: '\u0000',
      headers: { 'wirebench-action': 7, 'wirebench-order': { a: [1] } },
    });
    send(
      {
        replyTo: queue,
        correlationId: 'get',
        headers: { 'wirebench-action': 'get', 'wirebench-order': 'order-r-00000000' },
      },
      '',
    );
    await until('the last one is answered', () => replies.length === 3);
    expect(replies).toEqual(['bare invalid', 'typed invalid', 'get ok']);
    expect(service.process.exit).toBeNull();
  } finally {
    await service.stop();
    await rm(directory, { recursive: true, force: true });
  }
  const probe = await connection.createChannel();
  probe.on('error', () => undefined);
  await expect(probe.checkQueue(requests)).rejects.toThrow(/NOT_FOUND/); // its queue goes with it
});
