import { describe, expect, it } from 'vitest';
import { type EvidenceRecord, evidenceKinds, refusalCodes } from '../../targets/domain/evidence.ts';
import { OperationLog } from './operation-log.ts';
import { poisonAccount } from './poison-account.ts';

/** Of forty these two: see isUnreadable. */
const share = 1 / 20;
const [firstBad, secondBad] = [9, 29];
const gapUs = 1_000;

function sent(count = 40, unacknowledged: readonly number[] = []) {
  const log = new OperationLog(0, true);
  for (let sequence = 0; sequence < count; sequence++) {
    log.append(sequence * gapUs, 0, sequence, 0);
    log.sent(sequence, sequence * gapUs);
    if (!unacknowledged.includes(sequence)) log.acknowledged(sequence, sequence * gapUs + 10);
  }
  return log.toData();
}

const record = (kind: keyof typeof evidenceKinds, sequence: number, atUs: number, step = 0): EvidenceRecord => ({
  ...{ kind: evidenceKinds[kind], producer: 0, sequence, atUs, step, checksum: 0, keyHash: 0 },
  ...{ redelivered: false, changed: true, part: 0 },
});
const applied = (except: readonly number[]) =>
  Array.from({ length: 40 }, (_, sequence) => sequence)
    .filter((sequence) => !except.includes(sequence))
    .map((sequence) => record('applied', sequence, sequence * gapUs + 100));
const refused = (sequence: number, code: keyof typeof refusalCodes, times = 1) =>
  Array.from({ length: times }, (_, n) => record('refused', sequence, sequence * gapUs + 50 + n, refusalCodes[code]));

interface Counts {
  readonly pending?: number | null;
  readonly deadLetters?: number | null;
}

function account(
  evidence: readonly EvidenceRecord[],
  { pending = 0, deadLetters = null }: Counts = {},
  log = sent(),
  handedOver = true,
) {
  return poisonAccount({
    ...{ logs: [log], share, isHandedOver: [handedOver], evidence, pending, deadLetters },
    ...{ offsetUs: (atUs: number) => atUs, fromUs: 0, untilUs: 40 * gapUs, drainedUs: 50 * gapUs },
  });
}

const none = { told: 0, deadLettered: 0, dropped: 0, retrying: 0, looping: 0, blocked: 0, waiting: 0, unaccounted: 0 };
const others = applied([firstBad, secondBad]);

describe('poison ends', () => {
  it.each([
    ['deadLettered', 'deadLettered', { deadLetters: 2 }],
    ['dropped', 'dropped', {}],
    ['requeued', 'looping', { pending: 2 }],
    ['retried', 'retrying', { pending: 2 }],
    ['held', 'blocked', { pending: 2 }],
  ] as const)('%s: as %s, where the last refusal left it', (code, end, counts) => {
    const before = code === 'deadLettered' ? refused(firstBad, 'requeued', 3) : [];
    const { bad, good } = account(
      [...others, ...before, ...refused(firstBad, code), ...refused(secondBad, code)],
      counts,
    );
    expect(bad).toEqual({ ...none, offered: 2, tries: 2 + before.length, [end]: 2 });
    expect(good).toEqual({ acknowledged: 38, applied: 38, refused: 0, waiting: 0, lost: 0 });
  });

  it('in the broker where nobody has looked at it, and with its client where it was not acknowledged', () => {
    const { bad } = account(others, { pending: 1 }, sent(40, [secondBad]));
    expect(bad).toEqual({ ...none, offered: 2, tries: 0, waiting: 1, told: 1 });
  });

  it('nowhere, when the broker does not have as many as are said to be tried again', () => {
    const { bad } = account([...others, ...refused(firstBad, 'requeued'), ...refused(secondBad, 'requeued')], {
      pending: 1,
    });
    expect(bad).toEqual({ ...none, offered: 2, tries: 2, looping: 1, unaccounted: 1 });
  });

  it('nowhere, when it is said to be a dead letter and neither there nor in the queue', () => {
    const both = [...others, ...refused(firstBad, 'deadLettered'), ...refused(secondBad, 'deadLettered')];
    expect(account(both, { deadLetters: 1 }).bad).toMatchObject({ deadLettered: 1, unaccounted: 1 });
    expect(account(both, { deadLetters: 1, pending: 1 }).bad).toMatchObject({ deadLettered: 1, waiting: 1 });
  });

  it('not known, when the broker could not say what it has', () => {
    const { bad, good } = account([...applied([9, 29, 30]), ...refused(firstBad, 'requeued')], { pending: null });
    expect(bad.unaccounted).toBeNull();
    expect([good.waiting, good.lost]).toEqual([null, null]);
  });
});

describe('all others', () => {
  it('are taken for lost before the unreadable ones, when the broker has too few', () => {
    const behind = [30, 31, 32];
    const evidence = [...applied([9, 29, ...behind]), ...refused(firstBad, 'held'), ...refused(secondBad, 'held')];
    expect(account(evidence, { pending: 5 }).good).toMatchObject({ waiting: 3, lost: 0 });
    expect(account(evidence, { pending: 4 })).toMatchObject({
      good: { waiting: 2, lost: 1 },
      bad: { blocked: 2, unaccounted: 0 },
    });
  });

  it('stand still from the last that was done to the end of the load, and wait to the end of the drain', () => {
    const evidence = others.filter(({ sequence }) => sequence < 20);
    const { standStillUs, longestWaitUs, goodPerSecond } = account(evidence, { pending: 20 });
    expect(standStillUs).toBe(20 * gapUs); // the next was sent then
    expect(longestWaitUs).toBe(30 * gapUs);
    expect(goodPerSecond).toBe(19 / 0.04);
  });

  it('are only those that were handed over', () => {
    expect(account(others, {}, sent(), false)).toMatchObject({ bad: { offered: 0 }, good: { acknowledged: 0 } });
  });
});
