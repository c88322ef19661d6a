import { describe, expect, it } from 'vitest';
import type { Pattern } from '../../result/patterns.ts';
import { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { type EvidenceRecord, evidenceKinds, refusalCodes } from '../../targets/domain/evidence.ts';
import { type OnLaterTime, reconcileLedger } from './ledger.ts';
import { OperationLog } from './operation-log.ts';

interface Sent {
  readonly key?: number;
  readonly intendedUs?: number;
  readonly acknowledgedUs?: number | null;
}

function logOf(sent: readonly Sent[], producer = 0): OperationLog {
  const log = new OperationLog(producer, true);
  sent.forEach(({ key = 1, intendedUs = 0, acknowledgedUs = intendedUs + 10 }, sequence) => {
    log.append(intendedUs, 0, key, 0);
    log.sent(sequence, intendedUs + 1);
    if (acknowledgedUs !== null) log.acknowledged(sequence, acknowledgedUs);
  });
  return log;
}

function evidence(kind: keyof typeof evidenceKinds, sequence: number, atUs = 5, checksum = 77): EvidenceRecord {
  return {
    kind: evidenceKinds[kind],
    producer: 0,
    sequence,
    atUs,
    checksum,
    keyHash: 0,
    redelivered: false,
    changed: true,
    part: 0,
    step: 0,
  };
}

function account(
  sent: readonly Sent[],
  records: readonly EvidenceRecord[],
  {
    delivered = [] as number[],
    started = [] as number[],
    applied = [] as number[],
    hasEffect = [true],
    accepted = false,
    pattern = 'one-way' as Pattern,
    held = null as DistinctOperations | null,
    mayBeServed = null as readonly boolean[] | null,
    served = [] as number[],
  } = {},
) {
  const logs = [logOf(sent).toData()];
  const input = {
    logs,
    checksums: [[77]],
    patterns: [pattern],
    hasEffect,
    acceptedOnly: [accepted],
    evidence: records,
    held,
    mayBeServed,
  };
  const onLaterTime: OnLaterTime = (time, _operation, _intendedUs, afterUs) => {
    if (time === 'delivered') delivered.push(afterUs);
    if (time === 'started') started.push(afterUs);
    if (time === 'applied') applied.push(afterUs);
  };
  return reconcileLedger(input, onLaterTime, (_operation, _intendedUs, tookUs) => served.push(tookUs));
}

const reconcile = (...all: Parameters<typeof account>) => account(...all).ledger;

const both = (sequence: number) => [evidence('received', sequence), evidence('applied', sequence)];

describe('reconcileLedger', () => {
  it('finds nothing wrong in a calm account', () => {
    expect(reconcile([{}, {}, {}], [...both(0), ...both(1), ...both(2)])).toEqual({
      acknowledged: 3,
      received: 3,
      applied: 3,
      lost: 0,
      unacknowledgedButApplied: 0,
      duplicatesReceived: 0,
      duplicatesApplied: 0,
      reordered: 0,
      corrupted: 0,
      acceptedOnly: 0,
      acceptedOnlyGone: 0,
      unknown: 0,
      stateLost: null,
      deadLettered: 0,
      refusedUnheard: 0,
    });
  });

  describe('of what was acknowledged and applied', () => {
    const held = (...sequences: readonly number[]) => {
      const operations = new DistinctOperations();
      for (const sequence of sequences) operations.add({ producer: 0, sequence });
      return operations;
    };

    it('finds what is not in the state any more, k of k', () => {
      const sent = [{}, {}, {}, {}, { acknowledgedUs: null }];
      const records = [0, 1, 2, 3, 4].flatMap(both);
      for (const [state, stateLost] of [
        [held(0, 1, 2, 3), 0],
        [held(1, 3), 2],
        [held(), 4],
      ] as const) {
        expect(reconcile(sent, records, { held: state })).toMatchObject({ stateLost, lost: 0, applied: 5 });
      }
      expect(reconcile(sent, records, { held: null })).toMatchObject({ stateLost: null });
    });

    it('misses nothing that never changed the state, nor what was only read', () => {
      const unchanged = { ...evidence('applied', 0), changed: false };
      expect(reconcile([{}], [evidence('received', 0), unchanged], { held: held() })).toMatchObject({ stateLost: 0 });
      expect(reconcile([{}], both(0), { held: held(), hasEffect: [false] })).toMatchObject({ stateLost: 0 });
    });

    it('counts as lost what was never applied, and as applied what the state has without a record of it', () => {
      const found = reconcile([{}, {}], [evidence('received', 0), evidence('received', 1)], { held: held(1) });
      expect(found).toMatchObject({ acknowledged: 2, applied: 1, lost: 1, stateLost: 0 });
    });
  });

  it('finds who was admitted and was not to be, once each, and tells nothing where nobody is asked', () => {
    const sent = [{}, {}, { acknowledgedUs: null }];
    const records = [...both(0), ...both(0), evidence('received', 2)];
    const { ledger, cases } = account(sent, records, { mayBeServed: [false] });
    expect(ledger).toMatchObject({ admittedUnauthorised: 2, duplicatesReceived: 1 });
    expect(cases.examples('tag', [], () => 0).admittedUnauthorised).toHaveLength(2);
    expect(reconcile(sent, records, { mayBeServed: [true] })).toMatchObject({ admittedUnauthorised: 0 });
    expect(reconcile(sent, records)).not.toHaveProperty('admittedUnauthorised');
  });

  describe('of what was acknowledged and refused with nobody told', () => {
    const refused = (sequence: number, where: keyof typeof refusalCodes) => ({
      ...evidence('refused', sequence),
      step: refusalCodes[where],
    });

    it('calls nothing lost that is where its target wanted it', () => {
      const sent = [{}, {}, {}, {}, { acknowledgedUs: null }];
      const records = [
        refused(0, 'dropped'),
        refused(1, 'deadLettered'),
        refused(2, 'deadLettered'),
        refused(4, 'dropped'),
      ];
      const { ledger, cases } = account(sent, records);
      expect(ledger).toMatchObject({
        acknowledged: 4,
        applied: 0,
        lost: 1,
        refusedUnheard: 1,
        deadLettered: 2,
        unknown: 0,
      });
      expect(Object.keys(cases.examples('tag', [], () => 0) ?? {}).sort()).toEqual([
        'deadLettered',
        'lost',
        'refusedUnheard',
      ]);
    });

    it('goes by the last of several refusals, and by what was done in the end', () => {
      const records = [
        refused(0, 'requeued'),
        refused(1, 'requeued'),
        ...both(1),
        refused(2, 'requeued'),
        refused(2, 'dropped'),
      ];
      const found = reconcile([{}, {}, {}], records);
      expect(found).toMatchObject({ applied: 1, lost: 1, refusedUnheard: 1, deadLettered: 0 });
    });

    it('counts none of them as gone that only our own socket had accepted', () => {
      const found = reconcile([{}, {}], [refused(0, 'dropped')], { accepted: true });
      expect(found).toMatchObject({
        acceptedOnly: 2,
        acceptedOnlyGone: 1,
        refusedUnheard: 1,
        acknowledged: 0,
        lost: 0,
      });
    });
  });

  it('tells lost from applied without acknowledgement', () => {
    const found = reconcile([{}, { acknowledgedUs: null }, { acknowledgedUs: null }], [...both(1)]);
    expect(found).toMatchObject({ acknowledged: 1, applied: 1, lost: 1, unacknowledgedButApplied: 1 });
  });

  it('counts each further reception and application once', () => {
    const found = reconcile([{}], [...both(0), ...both(0), evidence('received', 0)]);
    expect(found).toMatchObject({ received: 1, applied: 1, duplicatesReceived: 2, duplicatesApplied: 1 });
  });

  it('takes a read that came again for no second effect', () => {
    const found = reconcile([{}], [...both(0), ...both(0)], { hasEffect: [false] });
    expect(found).toMatchObject({ duplicatesReceived: 1, duplicatesApplied: 0 });
  });

  it('finds a body that arrived changed', () => {
    expect(reconcile([{}], [evidence('received', 0, 5, 78), evidence('applied', 0)])).toMatchObject({ corrupted: 1 });
  });

  it('calls reordered only what was acknowledged before the later one was sent', () => {
    const sequential = [{ intendedUs: 0, acknowledgedUs: 50 }, { intendedUs: 100 }];
    const together = [{ intendedUs: 0, acknowledgedUs: 150 }, { intendedUs: 100 }];
    const swapped = [...both(1), ...both(0)];
    expect(reconcile(sequential, swapped)).toMatchObject({ reordered: 1 });
    expect(reconcile(together, swapped)).toMatchObject({ reordered: 0 });
    expect(
      reconcile(
        [
          { key: 1, acknowledgedUs: 50 },
          { key: 2, intendedUs: 100 },
        ],
        swapped,
      ),
    ).toMatchObject({ reordered: 0 });
  });

  it('reports the first delivery only, from the intended start', () => {
    const delivered: number[] = [];
    reconcile([{ intendedUs: 1_000 }], [evidence('received', 0, 1_250), evidence('received', 0, 9_000)], { delivered });
    expect(delivered).toEqual([250]);
  });

  it('tells when an operation first had a place and when its effect first was there', () => {
    const [started, applied]: [number[], number[]] = [[], []];
    const records = (['received', 'started', 'applied'] as const).map((kind, n) => evidence(kind, 0, 1_200 + n * 100));
    const again = records.map((record) => ({ ...record, atUs: record.atUs + 5_000 }));
    reconcile([{ intendedUs: 1_000 }], [...records, ...again], { started, applied });
    expect([started, applied]).toEqual([[300], [400]]);
  });

  it('tells when what is answered reached the service, too', () => {
    const delivered: number[] = [];
    reconcile([{ intendedUs: 1_000 }], both(0), { delivered, pattern: 'request-reply' });
    expect(delivered).toEqual([-995]);
  });

  it('leaves out evidence of operations that nobody sent', () => {
    const stray = { ...evidence('received', 9), producer: 3 };
    expect(reconcile([{}], [...both(0), stray, evidence('applied', 55)])).toMatchObject({
      ...{ received: 1, applied: 1, unknown: 2 },
    });
  });

  it('finds a producer by its number: the evidence of one whose log is missing is nobody else’s', () => {
    const input = {
      logs: [logOf([{}, {}], 2).toData(), logOf([{}], 300).toData()],
      ...{ checksums: [[77]], patterns: ['one-way'] as const, hasEffect: [true], acceptedOnly: [false] },
      evidence: [2, 300, 7].flatMap((producer) => both(0).map((record) => ({ ...record, producer }))),
    };
    const { ledger, cases } = reconcileLedger(input, () => undefined);
    expect(ledger).toMatchObject({ acknowledged: 3, applied: 2, lost: 1, unknown: 2, duplicatesApplied: 0 });
    expect(cases.examples('t', [], (atUs) => atUs).lost?.map(({ id }) => id)).toEqual(['t-0002-0000000001']);
  });

  it('takes no other kind of evidence for an effect', () => {
    const others = (['refused', 'step', 'started'] as const).map((kind) => evidence(kind, 0));
    expect(reconcile([{}], [evidence('received', 0), ...others])).toMatchObject({ received: 1, applied: 0, lost: 1 });
  });

  it('takes what only our own socket had accepted for neither acknowledged nor lost', () => {
    const { ledger, cases } = account([{}, {}], both(0), { accepted: true });
    expect(ledger).toMatchObject({ acknowledged: 0, acceptedOnly: 2, acceptedOnlyGone: 1, lost: 0, applied: 1 });
    expect(ledger.unacknowledgedButApplied).toBe(0);
    expect(cases.examples('t', [], (atUs) => atUs).acceptedOnlyGone?.map(({ id }) => id)).toEqual([
      't-0000-0000000001',
    ]);
  });
});

it('tells once how long the service had an operation, whatever comes again, and nothing where it never said that it had it', () => {
  const served: number[] = [];
  const again = [evidence('received', 0, 30), evidence('applied', 0, 31)];
  const records = [evidence('received', 0, 5), evidence('applied', 0, 12), ...again, evidence('applied', 1, 40)];
  account([{}, {}], records, { served });
  expect(served).toEqual([7]);
});
