/** Topics that know nothing of us, and a reference service that is sent nonsense, killed and started again. */
import { execFile } from 'node:child_process';
import diagnosticsChannel from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin, Producer } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BenchError, exitCodes } from '../../result/bench-error.ts';
import type { Pattern } from '../../result/result-types.ts';
import type { Request, StreamRequest, StreamTarget } from '../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { outcomes } from '../driver.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { startReferenceService } from '../process/reference-service.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import { createTopics } from './create-topics.ts';
import { streamDriver } from './driver.ts';
import { streamEntry } from './preset.ts';

const plain = `own-topic-${process.pid}`;
const answers = `own-answers-${process.pid}`;
const sessions: RecordedSession[] = [];
let stack: SharedTestStack;
let address: string;
let directory: string;
let admin: Admin;

beforeAll(async () => {
  stack = await sharedTestStack({ kafka: true });
  address = stack.broker('kafka').directAddress;
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-stream-'));
  const options = { clientId: 'test', bootstrapBrokers: [address] };
  admin = new Admin(options);
  // What a topic takes at once unless it is told otherwise; our own broker takes more.
  const configs = [{ name: 'max.message.bytes', value: '1048588' }];
  await createTopics(options, { topics: [plain, answers], partitions: 2, replicas: 1, configs });
});

afterEach(async () => {
  const ended = sessions.splice(0);
  await Promise.all(ended.map((session) => session.close()));
  expect(ended.flatMap(({ violations }) => violations)).toEqual([]);
});

afterAll(async () => {
  await admin.deleteTopics({ topics: [plain, answers] });
  await admin.close();
  await rm(directory, { recursive: true, force: true });
  await stack.down();
});

interface OwnOptions extends Partial<StreamTarget> {
  readonly request?: Partial<StreamRequest>;
  readonly pattern?: Pattern;
  readonly trialTag?: string;
}

async function open({ request, pattern = 'one-way', trialTag = 'own', ...target }: OwnOptions = {}) {
  const session = await RecordedSession.open({
    driver: streamDriver,
    address,
    trialTag,
    slots: 256,
    target: { ...streamTarget, address, ...target },
    operations: {
      send: { pattern, request: { topic: plain, key: '{{key}}', value: '{"id":"{{id}}"}', headers: {}, ...request } },
    },
  });
  sessions.push(session);
  return session;
}

const streamTarget = {
  name: 'events',
  protocol: 'stream',
  engine: 'native',
  via: 'direct',
  broker: 'kafka',
  acks: 'all',
  lingerMs: 0,
  partitions: 2,
  producers: 1,
  client: 'platformatic',
  consume: false,
} as const satisfies StreamTarget;

const runMany = (session: RecordedSession, count: number) =>
  Promise.all(Array.from({ length: count }, () => session.run('send')));
const endsOf = (attempts: readonly { outcome: number | null; reason: string }[]) =>
  [...new Set(attempts.map(({ outcome, reason }) => `${outcome} ${reason}`))].join();
const ok = `${outcomes.ok} `;

describe.each(['platformatic', 'kafkajs'] as const)('topics of others (%s)', (client) => {
  it('take messages at every setting of acks, linger and producers', async () => {
    for (const settings of [{ acks: 0 }, { acks: 1 }, { acks: 'all', lingerMs: 20 }, { producers: 3 }] as const) {
      const session = await open({ client, ...settings });
      expect(session.completion('send')).toBe('acknowledged');
      expect(endsOf(await runMany(session, 64))).toBe(ok);
    }
  });

  it('take in parts what is too much for one batch, and refuse what is too large by itself', async () => {
    const large = await open({ client, request: { value: 'x'.repeat(60_000) } });
    expect(endsOf(await runMany(large, 128))).toBe(ok);
    const tooLarge = await open({ client, request: { value: 'x'.repeat(2_000_000) } });
    const { outcome, reason, retryable } = await tooLarge.run('send');
    expect({ outcome, reason, retryable }).toEqual({
      outcome: outcomes.failed,
      reason: 'kafka MESSAGE_TOO_LARGE',
      retryable: false,
    });
  });

  it('are consumed with consume: what an earlier trial left there completes nothing', async () => {
    const earlier = await open({ client, trialTag: 'earlier' });
    await runMany(earlier, 32);
    const session = await open({ client, consume: true });
    expect(session.completion('send')).toBe('delivered');
    const attempts = await runMany(session, 32);
    expect(endsOf(attempts)).toBe(ok);
  });

  it('answer on the topic that the target names', async () => {
    const kafka = new Kafka({ clientId: 'echo', brokers: [address], logLevel: logLevel.NOTHING });
    const [consumer, producer] = [kafka.consumer({ groupId: `echo-${client}-${process.pid}` }), kafka.producer()];
    await Promise.all([consumer.connect(), producer.connect()]);
    await consumer.subscribe({ topic: plain });
    const joined = new Promise((resolve) => consumer.on(consumer.events.FETCH_START, resolve));
    await consumer.run({
      eachMessage: async ({ message }) => {
        const topic = message.headers?.['wirebench-reply-topic']?.toString();
        const correlation = message.headers?.['wirebench-correlation'];
        if (topic === undefined || correlation === undefined) return;
        const messages = [{ value: 'done', headers: { 'wirebench-correlation': correlation } }, { value: 'noise' }];
        await producer.send({ topic, messages });
      },
    });
    await joined;
    const session = await open({ client, pattern: 'request-reply', reply: { topic: answers } });
    expect(session.completion('send')).toBe('replied');
    expect(endsOf(await runMany(session, 16))).toBe(ok);
    await Promise.all([consumer.disconnect(), producer.disconnect()]);
  });

  it('take tombstones, headers of any name, and what is for one partition', async () => {
    const topic = `${plain}-${client}`;
    await createTopics(
      { clientId: 'test', bootstrapBrokers: [address] },
      { topics: [topic], partitions: 3, replicas: 1 },
    );
    const bare: Record<string, string | null> = client === 'kafkajs' ? {} : { leer: null };
    const request = { topic, value: null, partition: 2, headers: { größe: '{{key}}', 'a b:': 'ü', ...bare } };
    const session = await open({ client, request });
    expect(endsOf(await runMany(session, 3))).toBe(ok);
    const found = await recordsOf(topic, 3);
    expect(found.map(({ partition }) => partition)).toEqual([2, 2, 2]);
    expect(found[0]).toMatchObject({ value: null, headers: { größe: 'key-0', 'a b:': 'ü', ...bare } });
    const beyond = open({ client, request: { ...request, partition: 3 } });
    await expect(beyond).rejects.toMatchObject({ code: 'partitionMissing', exitCode: 2 });
    await admin.deleteTopics({ topics: [topic] });
  });

  it('named by a template take their messages; what goes to one that is not there fails by itself', async () => {
    const session = await open({ client, request: { topic: `${plain.slice(0, -1)}{{key}}` } });
    const last = plain.slice(-1);
    const runs = [last, 'nowhere', last, last].map((key) => session.run('send', { key }));
    const outcome = (await Promise.all(runs)).map(({ outcome, reason }) => (outcome === outcomes.ok ? '' : reason));
    expect(outcome).toEqual(['', expect.stringMatching(/UNKNOWN_TOPIC_OR_PARTITION/), '', '']);
  });

  it('that do not exist are found before load starts', async () => {
    const error = await open({ client, request: { topic: 'no-such-topic' } }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'cannotConnect', exitCode: exitCodes.stack });
    expect((await admin.listTopics()).includes('no-such-topic')).toBe(false);
  });

  it('are reached over sockets that Node announces: their bytes can be counted', async () => {
    let sockets = 0;
    const listen = () => void sockets++;
    diagnosticsChannel.subscribe('net.client.socket', listen);
    await open({ client });
    diagnosticsChannel.unsubscribe('net.client.socket', listen);
    expect(sockets).toBeGreaterThan(0);
  });
});

it('kafkajs makes Node warn of negative time-outs no more, while others still may', async () => {
  const script = `
    const { KafkajsClient } = await import(${JSON.stringify(new URL('./kafkajs-client.ts', import.meta.url).href)});
    const client = new KafkajsClient({ address: '${address}', clientId: 'quiet', acks: 'all', producers: 1 });
    await client.connect(0);
    await client.describe(['${plain}']);
    process.emitWarning('of somebody else', 'SomeWarning');
    await client.close();`;
  // Node warns of the first only, so it takes a process that has not been warned yet.
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stderr).toMatch(/SomeWarning/);
  expect(stderr).not.toMatch(/TimeoutNegativeWarning/);
});

it('a topic that is not known beforehand cannot be consumed', async () => {
  const error = await open({ consume: true, request: { topic: `${plain}{{key}}` } }).catch((reason: unknown) => reason);
  expect(error as BenchError).toMatchObject({ code: 'cannotConsume', exitCode: exitCodes.usage });
});

it('the reference service passes over nonsense, and takes up where it was when it is killed and started again', async () => {
  const names = streamEntry.resourceNames(`n${process.pid.toString(36)}`);
  const evidencePath = join(directory, 'evidence');
  const target: StreamTarget = streamTarget;
  const service = await startReferenceService(
    streamEntry.servicePath,
    {
      protocol: 'stream',
      target,
      port: 0,
      broker: address,
      names,
      evidencePath,
      population: { readable: 1, cancellable: 0 },
      workTimeMs: 0,
      rejectRatio: 0,
      seed: 1,
    },
    join(directory, 'service.log'),
  );
  const producer = new Producer<Buffer, Buffer | null, string, string>({
    clientId: 'nonsense',
    bootstrapBrokers: [address],
    serializers: { headerKey: (text) => Buffer.from(text ?? ''), headerValue: (text) => Buffer.from(text ?? '') },
  });
  const topic = names.requests ?? '';
  const nonsense = [
    { topic, value: null },
    { topic, value: Buffer.from([0xff, 0x00]), headers: { 'wirebench-action': 'place' } },
    {
      topic,
      value: Buffer.from('x'),
      headers: { 'wirebench-action': 'get', 'wirebench-reply-topic': 'no-such-topic' },
    },
  ];
  await producer.send({ messages: nonsense as never, acks: -1 });
  await producer.close();
  const { requests, settings } = streamEntry.preset(target, names, { placeOrder: { pattern: 'request-reply' } });
  const session = await RecordedSession.open({
    driver: streamDriver,
    address,
    target: { ...target, ...settings, requests } as StreamTarget,
    operations: { placeOrder: { pattern: 'request-reply', request: requests.placeOrder as Request } },
    payloads: { placeOrder: [Buffer.from('payload')] },
  });
  sessions.push(session);
  const place = () => Promise.all(Array.from({ length: 20 }, () => session.run('placeOrder')));
  expect(endsOf(await place())).toBe(ok);
  await service.process.kill();
  const during = place(); // waits in the topic
  const beganMs = performance.now();
  await service.restart();
  expect(endsOf(await during)).toBe(ok);
  expect(performance.now() - beganMs).toBeLessThan(10_000); // far below the session time-out of the killed member
  const applied = [...new EvidenceReader(evidencePath).more()].filter(({ kind }) => kind === evidenceKinds.applied);
  expect(new Set(applied.map(({ sequence }) => sequence)).size).toBe(40);
  expect(service.process.exit).toBeNull();
  await service.stop();
  expect((await admin.listTopics()).includes(topic)).toBe(false);
});

/** As kafkajs reads them. */
async function recordsOf(topic: string, count: number) {
  const consumer = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).consumer({ groupId: `read-${topic}` });
  const found: { partition: number; value: string | null; headers: Record<string, string | null> }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message: { value, headers } }) => {
      const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, text?.toString() ?? null] as const);
      found.push({ partition, value: value?.toString() ?? null, headers: Object.fromEntries(texts) });
    },
  });
  await expect.poll(() => found.length, { timeout: 20_000 }).toBe(count);
  await consumer.disconnect();
  return found;
}
