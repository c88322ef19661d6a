/** When a message leaves the broker, before its effect or after, shows when the consuming service is killed. */
import { expect, it } from 'vitest';
import type { Target } from '../../scenarios/scenario.ts';
import { evidenceKinds } from '../domain/evidence.ts';
import { until } from '../process/until.ts';
import { directStream, directQueue as queue, directSqs as sqs } from './direct-targets.ts';
import { handOverRig } from './hand-over-rig.ts';

/** One of twenty orders takes long: the last. */
const slow = { share: 1 / 20, workTimeMs: 2_500 };
const slowOrder = 19;
const orders = 30;
const marker = orders;
const open = handOverRig('delivery');

/** One partition: what is committed of it is a single position. */
const stream = { ...directStream, partitions: 1 };

const batched = { maxMessages: 8, maxBytes: 768 * 1024, lingerMs: 20 };

/** `again`: applied more than once. Those behind the slow one in its partition always are: nothing past it is committed. */
const cases: readonly { label: string; target: Target; lost: number; again: (count: number) => boolean }[] = [
  { label: 'queue, ack manual: none is lost', target: { ...queue, ack: 'manual' }, lost: 0, again: () => true },
  {
    label: 'queue, everything in batches: none is lost, what was done and not yet acknowledged is repeated',
    target: { ...queue, ack: 'manual', batch: batched, confirmWindow: 16, ackBatch: { every: 50, lingerMs: 10_000 } },
    lost: 0,
    again: (count) => count === orders - 1,
  },
  {
    label: 'queue, ack auto: what was worked on is lost',
    target: { ...queue, ack: 'auto' },
    lost: 1,
    again: (count) => count === 0,
  },
  {
    label: 'sqs: none is lost, what was received and not deleted is there again after its time-out',
    target: { ...sqs, visibilityTimeoutMs: 3_000, waitTimeMs: 1_000 },
    lost: 0,
    again: () => true,
  },
  {
    label: 'quorum queue, ack manual: none is lost',
    target: { ...queue, queue: { type: 'quorum' } },
    lost: 0,
    again: () => true,
  },
  {
    label: 'RabbitMQ stream from the place that is kept: none is lost, what was done behind it is repeated',
    target: { ...queue, queue: { type: 'stream' } },
    lost: 0,
    again: (count) => count >= orders - slowOrder - 1,
  },
  {
    label: 'RabbitMQ stream from the first: none is lost, all that was done is repeated',
    target: { ...queue, queue: { type: 'stream', startAt: 'first' } },
    lost: 0,
    again: (count) => count === orders - 1,
  },
  {
    label: 'RabbitMQ stream from the next: what was worked on is lost, none is repeated',
    target: { ...queue, queue: { type: 'stream', startAt: 'next' } },
    lost: 1,
    again: (count) => count === 0,
  },
  {
    label: 'stream, commit after: none is lost, what was done behind it is repeated',
    target: { ...stream, commit: 'after' },
    lost: 0,
    again: (count) => count >= orders - slowOrder - 1,
  },
  {
    label: 'stream, in batches: none is lost, what was done behind it is repeated',
    target: { ...stream, commit: 'after', lingerMs: batched.lingerMs, batch: batched, maxInFlight: 2 },
    lost: 0,
    again: (count) => count >= orders - slowOrder - 1,
  },
  {
    label: 'stream, commit before: what was worked on is lost, none is repeated',
    target: { ...stream, commit: 'before' },
    lost: 1,
    again: (count) => count === 0,
  },
];

it.concurrent.each(cases)('when the service is killed: $label', async ({ target, lost, again }) => {
  const rig = await openRig(target);
  await Promise.all(Array.from({ length: orders }, () => rig.session.run('placeOrder')));
  await until('all but the slow one are applied', () => rig.applied().size === orders - 1);
  expect(rig.applied().has(slowOrder)).toBe(false);
  await rig.service.restart();
  await rig.session.run('placeOrder');
  await until('what was sent last is applied', () => rig.applied().has(marker));
  if (lost === 0) await until('the slow one is applied', () => rig.applied().has(slowOrder));
  const times = [...rig.applied().values()];
  expect(orders + 1 - times.length).toBe(lost);
  expect(times.filter((count) => count > 1).length).toSatisfy(again);
  // A log has no such mark; without acknowledgements RabbitMQ has nothing to send again.
  const isLog = target.protocol === 'stream' || ('queue' in target && target.queue?.type === 'stream');
  expect(rig.redelivered.has(slowOrder)).toBe(!isLog && lost === 0);
  expect(rig.session.violations).toEqual([]);
  await rig.session.close();
  await rig.service.stop();
});

async function openRig(target: Target) {
  const { services, session, evidence } = await open(target, { slow });
  const [service] = services;
  const times = new Map<number, number>();
  const redelivered = new Set<number>();
  /** Sequence → how often it was applied so far. */
  const applied = () => {
    for (const record of evidence.more()) {
      const { kind, sequence } = record;
      if (record.redelivered) redelivered.add(sequence);
      if (kind === evidenceKinds.applied) times.set(sequence, (times.get(sequence) ?? 0) + 1);
    }
    return times;
  };
  return { service, session, applied, redelivered };
}
