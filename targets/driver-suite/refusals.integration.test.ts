/** What a consumer can't take up waits in the broker, and what it refuses goes where its target says. */
import { expect, it } from 'vitest';
import type { QueueTarget, SqsTarget, StreamTarget, Target } from '../../scenarios/scenario.ts';
import { evidenceKinds, refusalCodes } from '../domain/evidence.ts';
import { until } from '../process/until.ts';
import { directQueue, directSqs, directStream } from './direct-targets.ts';
import { type Behaviour, handOverRig } from './hand-over-rig.ts';

const orders = 40;
const open = handOverRig('refusals');

const queue: QueueTarget = { ...directQueue, prefetch: 4 };
const stream: StreamTarget = { ...directStream, partitions: 2 };
const sqs: SqsTarget = { ...directSqs, prefetch: 4 };
const log: QueueTarget = { ...queue, name: 'RabbitMQ stream', queue: { type: 'stream' } };
const both = [queue, stream, log].map((target) => ({ target: target as QueueTarget | StreamTarget }));
const all = [queue, sqs, stream, log].map((target) => ({ target: target as Target }));

it.concurrent.each(both)('$target.name: a full line waits in the broker, and all of it is done', async ({ target }) => {
  const rig = await openRig(target, { workTimeMs: 20, concurrency: 1, waiting: 1 });
  await rig.send();
  expect(rig.read().received.size).toBeLessThan(orders);
  expect(await rig.backlog()).toBeGreaterThan(0);
  await until('all are applied', () => rig.read().applied.size === orders);
  expect(rig.read().refused.size).toBe(0);
  await rig.close();
});

it.concurrent.each(all)('$target.name: what is refused is tried again until it is taken', async ({ target }) => {
  const rig = await openRig(target, { rejectRatio: 0.5 });
  await rig.send();
  await until('all are applied', () => rig.read().applied.size === orders, 30_000);
  const { refused } = rig.read();
  expect(refused.size).toBeGreaterThan(5);
  expect(new Set(refused.values())).toEqual(new Set([refusalCodes.requeued]));
  await rig.close();
});

it.concurrent.each(both)(
  '$target.name: what is never taken can be counted in the broker at the end',
  async ({ target }) => {
    const rig = await openRig(target, { rejectRatio: 1 });
    await rig.send();
    await until('some are refused', () => rig.read().refused.size > 0);
    await rig.service.release();
    await until('the broker has all of them', async () => (await rig.backlog()) === orders);
    expect(rig.read().applied.size).toBe(0);
    await rig.close();
  },
);

it.concurrent.each(both)('$target.name: what is refused is put aside as a dead letter', async ({ target }) => {
  const rig = await openRig({ ...target, onRefusal: 'deadLetter' } as Target, {
    rejectRatio: 0.5,
  });
  await rig.send();
  await until('each is done or put aside', () => {
    const { applied, refused } = rig.read();
    return applied.size + refused.size === orders;
  });
  const { refused } = rig.read();
  expect(refused.size).toBeGreaterThan(5);
  expect(new Set(refused.values())).toEqual(new Set([refusalCodes.deadLettered]));
  await until('the broker has them', async () => (await rig.deadLetters()) === refused.size);
  await rig.close();
});

it.concurrent.each(both)('$target.name: what is refused is dropped', async ({ target }) => {
  const rig = await openRig({ ...target, onRefusal: 'drop' } as Target, { rejectRatio: 1 });
  await rig.send();
  await until('all are refused', () => rig.read().refused.size === orders);
  expect(new Set(rig.read().refused.values())).toEqual(new Set([refusalCodes.dropped]));
  await until('nothing waits', async () => (await rig.backlog()) === 0);
  await rig.close();
});

it.concurrent.each([
  [{ ...queue, queue: { type: 'quorum', deliveryLimit: 2 } } as const],
  [{ ...sqs, visibilityTimeoutMs: 1_000, maxReceives: 3 }],
])('$name: what is refused three times in a row is put aside by the broker, and nothing else', async (target) => {
  const rig = await openRig(target, { rejectRatio: 0.6 });
  await rig.send();
  const aside = () => [...rig.read().refused].filter(([sequence]) => !rig.read().applied.has(sequence));
  await until(
    'each is done or put aside',
    () => {
      const last = new Set(aside().map(([, code]) => code));
      return (
        rig.read().applied.size + aside().length === orders && last.size === 1 && last.has(refusalCodes.deadLettered)
      );
    },
    30_000,
  );
  expect(aside().length).toBeGreaterThan(0);
  await until('the broker has them', async () => (await rig.deadLetters()) === aside().length);
  await rig.close();
});

/** Of forty orders these two, whatever the target. */
const poison = { unreadableRatio: 1 / 20 };
const unreadable = [9, 29];

it.concurrent('a partition stands behind a record that is tried again in its place', async () => {
  const rig = await openRig({ ...stream, partitions: 1, onRefusal: 'block' }, poison);
  await rig.send();
  await until('it is tried again and again', () => rig.read().tries > 2);
  const { applied, refused } = rig.read();
  expect([...refused]).toEqual([[unreadable[0], refusalCodes.held]]);
  expect(applied).toEqual(new Set(Array.from({ length: 9 }, (_, sequence) => sequence)));
  await until('all behind it waits in the broker', async () => (await rig.backlog()) === orders - applied.size);
  await rig.close();
});

it.concurrent('what cannot be read goes through the topic of retries and ends as a dead letter, all else is done', async () => {
  const rig = await openRig({ ...stream, onRefusal: 'retryTopic', retries: 2 }, poison);
  await rig.send();
  const codes = () => [...rig.read().refused.values()];
  await until('both are put aside', () => codes().filter((code) => code === refusalCodes.deadLettered).length === 2);
  expect([...rig.read().refused.keys()].toSorted((a, b) => a - b)).toEqual(unreadable);
  await until('all others are applied', () => rig.read().applied.size === orders - 2);
  await until('the broker has them', async () => (await rig.deadLetters()) === 2);
  await until('nothing waits', async () => (await rig.backlog()) === 0);
  expect(rig.read().tries).toBe(2 * 3);
  await rig.close();
});

it.concurrent.each([
  [{ ...queue, onRefusal: 'deadLetter', deadLetter: { exchange: 'nowhere' } }, 'nowhere'],
  [{ ...stream, onRefusal: 'deadLetter', deadLetter: { topic: 'nowhere' } }, 'nowhere'],
] as const)('%#: a place for dead letters that is not there is found as the service starts', async (target, name) => {
  await expect(openRig(target, {})).rejects.toThrow(name);
});

async function openRig(target: Target, behaviour: Behaviour) {
  const { entry, names, broker, services, session, evidence } = await open(target, behaviour);
  const [service] = services;
  const waiting = entry.backlog?.open(broker, names);
  const aside = entry.backlog?.openDeadLetters(broker, names);
  const [received, applied] = [new Set<number>(), new Set<number>()];
  /** Sequence → where its last refusal left it. */
  const refused = new Map<number, number>();
  let tries = 0;
  const read = () => {
    for (const { kind, sequence, step } of evidence.more()) {
      if (kind === evidenceKinds.received) received.add(sequence);
      if (kind === evidenceKinds.applied) applied.add(sequence);
      if (kind !== evidenceKinds.refused) continue;
      refused.set(sequence, step);
      tries++;
    }
    return { received, applied, refused, tries };
  };
  return {
    service,
    read,
    send: () => Promise.all(Array.from({ length: orders }, () => session.run('placeOrder'))),
    backlog: () => waiting?.read(),
    deadLetters: () => aside?.read(),
    async close() {
      expect(session.violations).toEqual([]);
      await Promise.all([session.close(), waiting?.close(), aside?.close()]);
      await service.stop();
    },
  };
}
