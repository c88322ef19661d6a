/** What docs/own-system*.md show is true: their scenarios are run against services and brokers that know nothing of us. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import amqplib from 'amqplib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { Counts } from '../result/result-types.ts';
import { freePort } from '../targets/process/free-port.ts';
import { type SupervisedProcess, startProcess } from '../targets/process/supervised-process.ts';
import { type SharedTestStack, sharedTestStack } from '../targets/stack/shared-test-stack.ts';
import { cacheDirectory, installInto } from '../targets/stack/stack-cache.ts';
import { createTopics } from '../targets/stream/create-topics.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('own-pages');
const pages = join(import.meta.dirname, '..', 'docs');
const exchange = `own-pages-${process.pid}`;
const topic = `own-pages-${process.pid}`;
let stack: SharedTestStack;
let httpbin: SupervisedProcess;
let httpPort: number;
let amqp: amqplib.ChannelModel;

/** By name; parts of scenarios have none. */
const shown = new Map(
  readdirSync(pages)
    .filter((page) => /^own-system.*\.md$/.test(page))
    .flatMap((page) => [...readFileSync(join(pages, page), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)])
    .map(([, block = '']) => [(parse(block) as { name?: string }).name, block] as const),
);

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  amqp = await amqplib.connect(`amqp://${stack.broker('rabbitmq').directAddress}`);
  await (await amqp.createChannel()).assertExchange(exchange, 'topic', { autoDelete: false });
  const client = { clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] };
  await createTopics(client, { topics: [topic], partitions: 3, replicas: 1 });
  httpPort = await freePort();
  httpbin = await startProcess({
    name: 'go-httpbin',
    command: join(await goHttpbin(), 'go-httpbin'),
    args: ['-host', '127.0.0.1', '-port', String(httpPort), '-log-level', 'ERROR'],
    logPath: join(rig.folder, 'httpbin.log'),
  });
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${httpPort}/`)).ok).toBe(true), {
    timeout: 20_000,
  });
}, 300_000);

afterAll(async () => {
  await httpbin?.stop();
  await (await amqp.createChannel()).deleteExchange(exchange);
  await amqp.close();
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] });
  await admin.deleteTopics({ topics: [topic] });
  await admin.close();
  await stack.down();
});

async function goHttpbin(): Promise<string> {
  const cache = cacheDirectory('go-httpbin', '2.26.0');
  if (existsSync(cache)) return cache;
  const goPackage = 'github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin@v2.26.0';
  await installInto(cache, async (temporary) => {
    await promisify(execFile)('go', ['install', goPackage], { env: { ...process.env, GOBIN: temporary } });
  });
  return cache;
}

/** With the addresses and names of this test in place of those that the page has, and a short load. */
async function play(name: string, changes: readonly (readonly [string, string])[]) {
  let text = shown.get(name) ?? '';
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to);
  }
  const { result } = await rig.play(text, [
    '--set',
    'load.warmup=200ms',
    '--duration',
    '1500ms',
    '--set',
    'load.threads=1',
  ]);
  return result.trials;
}

function expectAllOk(counts: Counts | undefined): void {
  expect(counts?.offered).toBeGreaterThan(200);
  expect(counts?.ok).toBe(counts?.offered);
}

describe.concurrent('the page of', () => {
  it.each([
    ['the first report', 'first-report', () => [['127.0.0.1:8080', `127.0.0.1:${httpPort}`]]],
    ['WebSocket', 'own-websocket', () => [['127.0.0.1:8081/live', `127.0.0.1:${httpPort}/websocket/echo`]]],
    [
      'RabbitMQ',
      'own-rabbitmq',
      () => [
        ['127.0.0.1:5672', stack.broker('rabbitmq').directAddress],
        ['exchange: orders', `exchange: ${exchange}`],
      ],
    ],
  ] as const)('%s: every operation is ok', async (_, name, changes) => {
    const [trial] = await play(name, changes() as [string, string][]);
    expectAllOk(trial?.phases.steady?.counts);
    expect(trial?.notable?.failed).toEqual([]);
  });

  it.each([
    ['HTTP', 'own-http', 45_000, () => [['127.0.0.1:8080', `127.0.0.1:${httpPort}`]]],
    [
      'Kafka',
      'own-kafka',
      95_000,
      () => [
        ['127.0.0.1:9092', stack.broker('kafka').directAddress],
        ['topic: orders', `topic: ${topic}`],
      ],
    ],
  ] as const)('%s: every operation is ok, and the latency shows', async (_, name, leastUs, changes) => {
    const [calm, slow] = await play(name, changes() as [string, string][]);
    expectAllOk(calm?.phases.steady?.counts);
    const { before, during } = slow?.phases ?? {};
    expect([before?.counts.ok, during?.counts.ok]).toEqual([before?.counts.offered, during?.counts.offered]);
    expect(during?.latencyUs.offered.p50).toBeGreaterThan(leastUs);
    expect(slow?.faults.map(({ proof }) => proof)).not.toContain(null);
  });
});
