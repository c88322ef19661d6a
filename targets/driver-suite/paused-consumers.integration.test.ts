/** Several queues or topics with several consumers: what is handed over while these are paused waits in the broker, all of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Target } from '../../scenarios/scenario.ts';
import { sumOfGauges } from '../backlog-gauge.ts';
import { evidenceKinds } from '../domain/evidence.ts';
import { directQueue, directSqs, directStream } from './direct-targets.ts';
import { handOverRig } from './hand-over-rig.ts';

const orders = 30;
const spread = { topics: 2, consumers: 2 };
const open = handOverRig('paused');

it.concurrent.each<{ readonly target: Target }>([
  { target: { ...directQueue, ...spread } },
  { target: { ...directQueue, ...spread, name: 'quorum', queue: { type: 'quorum' } } },
  // A poll under way when it is paused brings what comes: a short one is over soon.
  { target: { ...directSqs, ...spread, waitTimeMs: 0 } },
  { target: { ...directStream, ...spread, partitions: 2 } },
])(
  '$target.name: waits in its queues or topics while consumers are paused, and is applied once when they are let go',
  async ({ target }) => {
    const { entry, topicNames, broker, services, session, evidence } = await open(target);
    const [service] = services;
    const gauges = topicNames.map((names) => entry.backlog?.open(broker, names) ?? expect.fail('no gauge'));
    const gauge = sumOfGauges(gauges);
    await service.consume(false);
    await sleep(200);
    await Promise.all(Array.from({ length: orders }, () => session.run('placeOrder')));
    expect(await untilItWaits(() => gauge.read(), orders)).toBe(orders);
    for (const one of gauges) expect(await one.read()).toBeGreaterThan(0);
    await service.consume(true);
    const applied: number[] = [];
    for (const end = Date.now() + 15_000; applied.length < orders && Date.now() < end; await sleep(50)) {
      for (const { kind, sequence } of evidence.more()) if (kind === evidenceKinds.applied) applied.push(sequence);
    }
    expect(applied.length).toBe(orders);
    expect(new Set(applied).size).toBe(orders);
    expect(await untilItWaits(() => gauge.read(), 0)).toBe(0);
    await session.close();
    await service.stop();
    await gauge.close();
  },
);

/** Reads until it is so many, for ten seconds at most; what it was last. */
async function untilItWaits(read: () => Promise<number>, wanted: number): Promise<number | null> {
  let last: number | null = null;
  for (const end = Date.now() + 10_000; last !== wanted && Date.now() < end; await sleep(50)) {
    last = await read().catch(() => null);
  }
  return last;
}
