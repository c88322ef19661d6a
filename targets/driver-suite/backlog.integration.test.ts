/** What brokers say of what waits in them, against what is known to wait there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Target } from '../../scenarios/scenario.ts';
import type { BacklogGauge } from '../backlog-gauge.ts';
import { directQueue, directSqs, directStream } from './direct-targets.ts';
import { handOverRig } from './hand-over-rig.ts';

const prefetch = 4;
const orders = 20;
const open = handOverRig('backlog');

it.concurrent.each<{ readonly target: Target; readonly waiting: number }>([
  // The consumer holds as many as its prefetch.
  { target: { ...directQueue, prefetch }, waiting: orders - prefetch },
  // What a consumer has received is there until it is deleted.
  { target: { ...directSqs, visibilityTimeoutMs: 1_000 }, waiting: orders },
  // What is being worked on is not committed.
  { target: { ...directStream, partitions: 3 }, waiting: orders },
])(
  '$target.name: counts what waits for a service that works slowly, and all of it when that is dead',
  async ({ target, waiting }) => {
    const { entry, names, broker, services, session } = await open(target, { workTimeMs: 60_000 });
    const [service] = services;
    const gauge = entry.backlog?.open(broker, names) as BacklogGauge;
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
