/** What SQS does of itself on bad days: messages that come again while they are worked on, groups that wait, a broker that is away. */
import { expect, it } from 'vitest';
import type { SqsTarget } from '../../../scenarios/scenario.ts';
import { evidenceKinds, refusalCodes } from '../../domain/evidence.ts';
import { directSqs } from '../../driver-suite/direct-targets.ts';
import { type Behaviour, handOverRig } from '../../driver-suite/hand-over-rig.ts';
import { RecordedSession } from '../../driver-suite/recorded-session.ts';
import { freePort } from '../../process/free-port.ts';
import { until } from '../../process/until.ts';
import { sqsDriver } from './driver.ts';

const open = handOverRig('sqs-bad-days');
const orders = 40;

async function openRig(settings: Partial<SqsTarget>, behaviour: Behaviour) {
  const { services, session, evidence } = await open({ ...directSqs, waitTimeMs: 1_000, ...settings }, behaviour);
  const [applied, redelivered, refused] = [new Map<number, number>(), new Set<number>(), new Map<number, number>()];
  const putAside = new Set<number>();
  const read = () => {
    for (const { kind, sequence, step, redelivered: isAgain } of evidence.more()) {
      if (kind === evidenceKinds.refused && step === refusalCodes.deadLettered) putAside.add(sequence);
      if (kind === evidenceKinds.applied) applied.set(sequence, (applied.get(sequence) ?? 0) + 1);
      if (kind === evidenceKinds.refused) refused.set(sequence, (refused.get(sequence) ?? 0) + 1);
      if (isAgain) redelivered.add(sequence);
    }
    return { applied, redelivered, refused, putAside };
  };
  const close = async () => {
    expect(session.violations).toEqual([]);
    await session.close();
    await services[0].stop();
  };
  return { session, read, close };
}

it.concurrent('delivers again what is worked on for longer than its visibility time-out, and shows it', async () => {
  const slowest = 39;
  const slow = { share: 1 / orders, workTimeMs: 2_500 };
  const rig = await openRig({ visibilityTimeoutMs: 1_000 }, { slow });
  await Promise.all(Array.from({ length: orders }, () => rig.session.run('placeOrder')));
  await until('the slow one is done, and was begun again meanwhile', () => (rig.read().applied.get(slowest) ?? 0) > 1);
  const { applied, redelivered } = rig.read();
  expect(applied.size).toBe(orders);
  expect(redelivered.has(slowest)).toBe(true);
  await rig.close();
});

it.concurrent('holds up a group of a FIFO queue behind a message that is refused, and no other group', async () => {
  const bad = 9; // see isUnreadable
  const rig = await openRig({ fifo: true }, { unreadableRatio: 1 / 20 });
  const groupOf = (sequence: number) => (sequence % 2 === bad % 2 ? 'blocked' : 'free');
  for (let sequence = 0; sequence < 20; sequence++) await rig.session.run('placeOrder', { key: groupOf(sequence) });
  const done = Array.from({ length: 20 }, (_, sequence) => sequence).filter(
    (sequence) => groupOf(sequence) === 'free' || sequence < bad,
  );
  await until('the free group is done, and the message came again', () => {
    const { applied, refused } = rig.read();
    return applied.size >= done.length && (refused.get(bad) ?? 0) > 3;
  });
  expect([...rig.read().applied.keys()].toSorted((a, b) => a - b)).toEqual(done);
  await rig.close();
});

it.concurrent('accounts for good messages that SQS puts aside with the one that they are received behind', async () => {
  const rig = await openRig({ fifo: true, maxReceives: 2 }, { unreadableRatio: 1 / 4, workTimeMs: 100 });
  await Promise.all(Array.from({ length: 20 }, () => rig.session.run('placeOrder', { key: 'one' })));
  await until('each is applied or put aside', () => {
    const { applied, putAside } = rig.read();
    return new Set([...applied.keys(), ...putAside]).size === 20;
  });
  await rig.close();
});

it('does not open where no broker is, and says which', async () => {
  const port = await freePort();
  const opening = RecordedSession.open({
    ...{ driver: sqsDriver, target: directSqs, address: `127.0.0.1:${port}`, trialTag: 'nobody' },
    operations: {
      placeOrder: { pattern: 'one-way', request: { queue: 'requests', body: '{{payload}}', attributes: {} } },
    },
    payloads: { placeOrder: [Buffer.from('payload')] },
  });
  await expect(opening).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining(String(port)) });
});
