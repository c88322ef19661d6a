/** What brokers say of what waits in them, against what is known to wait there. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueueTarget, Request, StreamTarget, Target } from '../scenarios/scenario.ts';
import type { BacklogGauge } from './backlog-gauge.ts';
import type { ProtocolEntry } from './driver.ts';
import { RecordedSession } from './driver-suite/recorded-session.ts';
import { startReferenceService } from './process/reference-service.ts';
import { rabbitmqEntry } from './queue/rabbitmq/preset.ts';
import { type SharedTestStack, sharedTestStack } from './stack/shared-test-stack.ts';
import { streamEntry } from './stream/preset.ts';

const prefetch = 4;
const orders = 20;
let stack: SharedTestStack;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-backlog-'));
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
});
afterAll(async () => {
  await stack?.down();
  await rm(directory, { recursive: true, force: true });
});

const queue: QueueTarget = {
  ...{ name: 'queue', protocol: 'queue', engine: 'native', via: 'direct', broker: 'rabbitmq' },
  ...{ durable: true, confirms: true, prefetch, consume: false },
};
const stream: StreamTarget = {
  ...{ name: 'stream', protocol: 'stream', engine: 'native', via: 'direct', broker: 'kafka', client: 'platformatic' },
  ...{ acks: 'all', lingerMs: 0, partitions: 3, producers: 1, consume: false },
};

it.concurrent.each<{ readonly entry: ProtocolEntry; readonly target: Target; readonly waiting: number }>([
  // The consumer holds as many as its prefetch.
  { entry: rabbitmqEntry, target: queue, waiting: orders - prefetch },
  // What is being worked on is not committed.
  { entry: streamEntry, target: stream, waiting: orders },
])(
  '$target.name: counts what waits for a service that works slowly, and all of it when that is dead',
  async ({ entry, target, waiting }) => {
    const address = stack.broker(target.protocol === 'queue' ? 'rabbitmq' : 'kafka').directAddress;
    const tag = `backlog-${target.name}-${process.pid}-${Date.now()}`;
    const names = entry.resourceNames(tag);
    const service = await startReferenceService(
      entry.servicePath,
      {
        ...{ protocol: target.protocol, target, port: 0, broker: address, names },
        ...{ evidencePath: join(directory, target.name), population: { readable: 0, cancellable: 0 } },
        ...{ workTimeMs: 60_000, rejectRatio: 0, seed: 1 },
      },
      join(directory, `${target.name}.log`),
    );
    const { requests, settings } = entry.preset(target, names, { placeOrder: { pattern: 'one-way' } });
    const session = await RecordedSession.open({
      driver: entry.driver,
      target: { ...target, ...settings, requests } as Target,
      address,
      trialTag: tag,
      operations: { placeOrder: { pattern: 'one-way', request: requests.placeOrder as Request } },
      payloads: { placeOrder: [Buffer.from('payload')] },
    });
    const gauge = entry.backlog?.open(address, names) as BacklogGauge;
    expect(await untilIt(gauge, 0)).toBe(0);
    await Promise.all(Array.from({ length: orders }, () => session.run('placeOrder')));
    expect(await untilIt(gauge, waiting)).toBe(waiting);
    await service.process.kill();
    // All of it is the broker's again.
    expect(await untilIt(gauge, orders)).toBe(orders);
    await service.restart();
    expect(await untilIt(gauge, waiting)).toBe(waiting);
    await session.close();
    await service.stop();
    await gauge.close();
  },
);

/** Reads until it is so many, for ten seconds at most; what it was last. */
async function untilIt(gauge: BacklogGauge, wanted: number): Promise<number | null> {
  let last: number | null = null;
  for (const end = Date.now() + 10_000; last !== wanted && Date.now() < end; await sleep(50)) {
    last = await gauge.read().catch(() => null);
  }
  return last;
}
