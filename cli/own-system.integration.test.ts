/** The user's own system as a target, from the command line: servers, queues and topics that know nothing of us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import amqplib from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../targets/process/free-port.ts';
import { type SharedTestStack, sharedTestStack } from '../targets/stack/shared-test-stack.ts';
import { createTopics } from '../targets/stream/create-topics.ts';
import { runBench } from './bench-process.ts';
import { benchRig, measuredExits } from './bench-rig.ts';

const rig = benchRig('own');
const queue = `own-${process.pid}`;
const topic = `own-${process.pid}`;
let stack: SharedTestStack;
let http: ChildProcess;
let httpPort: number;
let deadPort: number;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  const connection = await amqplib.connect(`amqp://${stack.broker('rabbitmq').directAddress}`);
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, { durable: true });
  await connection.close();
  const options = { clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] };
  await createTopics(options, { topics: [topic], partitions: 2, replicas: 1 });
  httpPort = await freePort();
  deadPort = await freePort();
  rig.write('index.html', 'hello');
  const args = [
    '-m',
    'http.server',
    String(httpPort),
    '--bind',
    '127.0.0.1',
    '--directory',
    rig.folder,
    '--protocol',
    'HTTP/1.1',
  ];
  http = spawn('python3', args, { stdio: 'ignore' });
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await fetch(`http://127.0.0.1:${httpPort}/`).catch(() => null)) break;
    await sleep(50);
  }
});

afterAll(async () => {
  http.kill('SIGKILL');
  const connection = await amqplib.connect(`amqp://${stack.broker('rabbitmq').directAddress}`);
  await (await connection.createChannel()).deleteQueue(queue);
  await connection.close();
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] });
  await admin.deleteTopics({ topics: [topic] });
  await admin.close();
  await stack.down();
});

let runs = 0;

async function run(target: string, pattern = 'one-way', conditions = '{ calm: [] }') {
  const number = runs++;
  const out = rig.newOut();
  const path = rig.write(
    `own-${number}.yaml`,
    `name: own
workload:
  operations: { send: { weight: 1, pattern: ${pattern}, payload: body } }
  payloads: { body: { size: 200B } }
load: { model: open, arrivals: constant, rate: 100/s, warmup: 200ms, duration: 1s }
targets: { own: ${target} }
conditions: ${conditions}
`,
  );
  const exit = await runBench(['run', path, '--yes', '--out', out]);
  const result = () => rig.read(out);
  return { ...exit, trial: () => result().trials[0] };
}

describe('an HTTP server in another language', () => {
  const requests = (path: string) => `requests: { send: { method: GET, path: "${path}" } }`;

  it('answers every request, directly and through Toxiproxy; nothing is known of its ledger', async () => {
    for (const via of ['direct', 'toxiproxy']) {
      const { code, stderr, trial } = await run(
        `{ protocol: rest, address: "http://127.0.0.1:${httpPort}", via: ${via}, connections: 4, ${requests('/?{{id}}')} }`,
        'request-reply',
      );
      expect(stderr).not.toMatch(/bug of Wirebench/);
      expect(measuredExits).toContain(code);
      expect(trial()?.phases.steady?.counts).toMatchObject({ offered: 100, ok: 100 });
      expect(trial()?.ledger.lost).toBeNull();
    }
  });

  it('that refuses is data: rejected, with the status as the reason', async () => {
    const target = `{ protocol: rest, address: "http://127.0.0.1:${httpPort}", via: direct, ${requests('/nowhere')} }`;
    const { code, trial } = await run(target, 'request-reply');
    expect(measuredExits).toContain(code);
    expect(trial()?.phases.steady).toMatchObject({
      counts: { offered: 100, rejected: 100 },
      errors: { 'status 404': 100 },
    });
    expect(trial()?.phases.steady?.latencyUs.offered.p50).toBeNull();
  });
});

describe('an HTTP server that is watched', () => {
  it('gives its CPU, memory and metrics, and finds the operations of the result by their traceparent', async () => {
    const seen: string[] = [];
    const server = createServer((request, answer) => {
      if (request.url === '/metrics') return answer.end(`served_total ${seen.length}\n`);
      if (request.method !== 'GET') return answer.end(); // each connection is tried first
      seen.push(String(request.headers.traceparent));
      answer.statusCode = seen.length % 10 === 0 ? 503 : 200;
      return answer.end();
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    const watch = `watch: { pid: ${process.pid}, prometheus: "http://127.0.0.1:${port}/metrics", metrics: [served_total] }`;
    const { code, trial } = await run(
      `{ protocol: rest, via: direct, address: "http://127.0.0.1:${port}", ${watch}, requests: { send: { method: GET, path: / } } }`,
      'request-reply',
    );
    server.close();
    expect(measuredExits).toContain(code);
    const { notable, watch: watched, cpu } = trial() ?? {};
    const told = [...(notable?.slowest ?? []), ...(notable?.failed ?? [])];
    expect(told.map(({ reason }) => reason)).toEqual(['', '', '', '', '', ...Array(3).fill('status 503')]);
    const traces = seen.map((one) => /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/.exec(one)?.[1]);
    expect(new Set(traces).size).toBe(120); // warm-up and all
    for (const { traceId } of told) expect(traces).toContain(traceId);
    expect(watched?.points.at(-1)?.metrics.served_total).toBeGreaterThan(90);
    expect(watched?.points[0]?.memoryBytes).toBeGreaterThan(1e6);
    expect(cpu?.serviceUsPerOperation).toBeGreaterThan(0);
  });
});

describe('a plain queue', () => {
  const target = (more: string) =>
    `{ protocol: queue, address: "amqp://${stack.broker('rabbitmq').directAddress}", ${more} requests: { send: { exchange: "", routingKey: ${queue}, body: "{{payload}}" } } }`;

  it('completes at the acknowledgement', async () => {
    const { code, trial } = await run(target('via: direct,'));
    expect(measuredExits).toContain(code);
    expect(trial()?.phases.steady?.operations.send).toMatchObject({
      completion: 'acknowledged',
      counts: { offered: 100, ok: 100 },
    });
  });

  it('completes at the delivery with consume: true, through Toxiproxy too', async () => {
    const { code, trial } = await run(target('consume: true,'));
    expect(measuredExits).toContain(code);
    expect(trial()?.phases.steady?.operations.send).toMatchObject({
      completion: 'delivered',
      counts: { offered: 100, ok: 100 },
    });
    expect(trial()?.phases.steady?.operations.send?.latencyUs.delivered.count).toBe(100);
  });

  it('that is not there ends with 3 and says which', async () => {
    const { code, stderr } = await run(target('via: direct,').replace(queue, 'no-such-queue'));
    expect(code).toBe(3);
    expect(stderr).toMatch(/no-such-queue/);
  });
});

describe('a plain topic', () => {
  const target = (more: string, address = stack.broker('kafka').directAddress) =>
    `{ protocol: stream, address: "${address}", ${more} requests: { send: { topic: ${topic}, key: "{{key}}", value: "{{payload}}" } } }`;

  it('completes at the acknowledgement, or at the delivery with consume: true', async () => {
    for (const [more, completion] of [
      ['via: direct,', 'acknowledged'],
      ['via: direct, consume: true,', 'delivered'],
    ] as const) {
      const { code, trial } = await run(target(more));
      expect(measuredExits).toContain(code);
      expect(trial()?.phases.steady?.operations.send).toMatchObject({ completion, counts: { offered: 100, ok: 100 } });
    }
  });

  it.each(['platformatic', 'kafkajs'])(
    'of a broker that advertises itself is reached through Toxiproxy by %s, where a latency shows',
    async (client) => {
      const { directAddress } = stack.broker('kafka');
      const bootstrap = `127.0.0.1:${deadPort},${directAddress}`; // one of several servers may be away
      const more = `client: ${client}, consume: true,`;
      const slow = '[{ at: 300ms, for: 600ms, fault: latency, latency: 150ms }]';
      const { code, stderr, trial } = await run(target(more, bootstrap), 'one-way', `{ slow: ${slow} }`);
      expect(stderr).not.toMatch(/bug of Wirebench/);
      expect(measuredExits).toContain(code);
      const { before, during } = trial()?.phases ?? {};
      expect(before?.counts.ok).toBe(before?.counts.offered);
      expect(during?.counts).toMatchObject({ offered: 60, ok: 60 });
      expect(during?.latencyUs.offered.p50).toBeGreaterThan(140_000);
      expect(trial()?.faults[0]?.proof).toMatchObject({ toxics: 1 });
    },
  );
});
