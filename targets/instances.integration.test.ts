/** Several processes of one service: connections spread over them, consumers that compete, one that joins under load. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Protocol } from '../result/result-types.ts';
import type { Request, Target } from '../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from './domain/evidence.ts';
import { RecordedSession } from './driver-suite/recorded-session.ts';
import { freePort } from './process/free-port.ts';
import { type RunningService, startReferenceService } from './process/reference-service.ts';
import { until } from './process/until.ts';
import { loadProtocol } from './registry.ts';
import { type SharedTestStack, sharedTestStack } from './stack/shared-test-stack.ts';

const orders = 60;

let stack: SharedTestStack;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-instances-'));
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
});
afterAll(async () => {
  await stack?.down();
  await rm(directory, { recursive: true, force: true });
});

const common = { engine: 'native', via: 'direct', instances: 2 } as const;
const targets = [
  { ...common, name: 'rest', protocol: 'rest', connections: 4 },
  { ...common, name: 'grpc', protocol: 'grpc', connections: 2, reflection: false },
  { ...common, name: 'websocket', protocol: 'websocket', connections: 4 },
  {
    ...{ ...common, name: 'queue', protocol: 'queue', broker: 'rabbitmq', durable: true, confirms: true, prefetch: 4 },
    consume: false,
  },
  {
    ...{ ...common, name: 'stream', protocol: 'stream', broker: 'kafka', client: 'platformatic', acks: 'all' },
    ...{ lingerMs: 0, partitions: 8, producers: 1, consume: false },
  },
] satisfies readonly Target[];

it.concurrent.each(targets)('$name: each of two instances has a share of the load', async (target) => {
  const rig = await openRig(target);
  for (let n = 0; n < orders; n += 10) await rig.send(10);
  await until('all are applied', () => rig.applied().size >= orders);
  expect(Math.min(...rig.byInstance())).toBeGreaterThan(orders / 10);
  await rig.close();
});

it.concurrent.each(targets.slice(3))(
  '$name: who hands over notices none that goes or joins, and nothing is lost',
  async (target) => {
    const rig = await openRig(target);
    await rig.send(10);
    await rig.services[1]?.process.kill();
    await rig.send(20);
    await rig.services[1]?.restart();
    await rig.send(30);
    await until('all are applied', () => rig.applied().size === orders, 30_000);
    await rig.close();
  },
);

it.concurrent('rest: with one of two instances gone for good the other one goes on', async () => {
  const rig = await openRig(targets[0] as Target);
  await rig.services[1]?.process.kill();
  const outcomes = [await rig.send(20), await rig.send(20), await rig.send(20)].flat();
  expect(outcomes.filter((ok) => ok).length).toBeGreaterThan(orders / 2);
  await rig.close();
});

let opened = 0;

async function openRig(target: Target) {
  const tag = `instances-${process.pid}-${opened++}`;
  const entry = await loadProtocol(target);
  const brokers: Partial<Record<Protocol, string>> = {
    queue: stack.broker('rabbitmq').directAddress,
    stream: stack.broker('kafka').directAddress,
  };
  const broker = brokers[target.protocol] ?? null;
  const names = entry.resourceNames(tag);
  const evidencePaths = [0, 1].map((instance) => join(directory, `${tag}.${instance}.evidence`));
  const ports = broker === null ? [await freePort(), await freePort()] : [0, 0];
  const services: RunningService[] = [];
  for (const instance of [0, 1]) {
    services.push(
      await startReferenceService(
        entry.servicePath,
        {
          ...{ protocol: target.protocol, target, port: ports[instance] ?? 0, broker, names, instance, part: instance },
          ...{ evidencePath: evidencePaths[instance] ?? '', workTimeMs: 2, rejectRatio: 0, seed: 1 },
          population: { readable: 0, cancellable: 0 },
        },
        join(directory, `${tag}.${instance}.log`),
      ),
    );
  }
  const { requests, settings } = entry.preset(target, names, { placeOrder: { pattern: 'one-way' } });
  const session = await RecordedSession.open({
    driver: entry.driver,
    target: { ...target, ...settings, requests } as Target,
    address: broker ?? ports.map((port) => `127.0.0.1:${port}`).join(','),
    trialTag: tag,
    operations: { placeOrder: { pattern: 'one-way', request: requests.placeOrder as Request } },
    payloads: { placeOrder: [Buffer.from('payload')] },
  });
  const reader = new EvidenceReader(...evidencePaths);
  const applied = new Map<number, number>();
  const read = () => {
    for (const { kind, sequence, part } of reader.more())
      if (kind === evidenceKinds.applied) applied.set(sequence, part);
    return applied;
  };
  return {
    services,
    applied: read,
    byInstance: () => [0, 1].map((instance) => [...read().values()].filter((part) => part === instance).length),
    async send(count: number): Promise<boolean[]> {
      const ended = await Promise.all(Array.from({ length: count }, () => session.run('placeOrder')));
      return ended.map(({ reason }) => reason === '');
    },
    async close() {
      expect(session.violations).toEqual([]);
      await session.close();
      for (const service of services.toReversed()) await service.stop();
    },
  };
}
