import { describe, expect, it } from 'vitest';
import { flowStates } from '../../result/flow-states.ts';
import { flowSteps } from '../../result/flow-steps.ts';
import type { FlowPublish } from '../../scenarios/flow-settings.ts';
import { paymentCents } from '../../targets/domain/accounts.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { type FlowNote, flowNotes, type StepOutcome, stepCode } from '../../targets/flow/flow-evidence.ts';
import { couldMove } from '../trial/flow-account.ts';
import type { FlowPending } from '../trial/trial-records.ts';
import { reconcileFlows } from './flow-ledger.ts';
import { OperationLog } from './operation-log.ts';

/** What the record says of one flow, in its order: `paid`, `not reserved`, `refunded`, a note, or that the order is kept. */
type Word =
  | 'placed'
  | 'paid'
  | 'reserved'
  | 'shipped'
  | 'refunded'
  | 'released'
  | 'recalled'
  | `not ${Done}`
  | FlowNote;
type Done = 'paid' | 'reserved' | 'shipped';

const doneWords = ['paid', 'reserved', 'shipped'];
const undoneWords = ['refunded', 'released', 'recalled'];

function codeOf(word: Word): number | null {
  if (word === 'placed') return null;
  const outcomes: readonly [StepOutcome, readonly string[]][] = [
    ['done', doneWords],
    ['undone', undoneWords],
    ['refused', doneWords.map((done) => `not ${done}`)],
  ];
  for (const [outcome, words] of outcomes) {
    const step = flowSteps[words.indexOf(word)];
    if (step !== undefined) return stepCode(step, outcome);
  }
  return flowNotes[word as FlowNote];
}

interface PlannedFlow {
  readonly words: readonly Word[];
  readonly isUnacknowledged?: boolean;
}

const gapUs = 10_000;

function* evidenceOf(flows: Iterable<PlannedFlow>): Generator<EvidenceRecord> {
  let sequence = 0;
  for (const { words } of flows) {
    for (const [n, word] of words.entries()) {
      const code = codeOf(word);
      yield {
        ...{ producer: 0, sequence, atUs: sequence * gapUs + (n + 1) * 1_000, checksum: 0, keyHash: 0 },
        ...{ redelivered: false, changed: true, part: 0, step: code ?? 0 },
        kind: code === null ? evidenceKinds.applied : evidenceKinds.step,
      };
    }
    sequence++;
  }
}

function account(
  flows: readonly PlannedFlow[],
  pending: FlowPending = {},
  flow: Parameters<typeof couldMove>[0] = { style: 'orchestrated' },
) {
  const log = new OperationLog(0, true);
  flows.forEach(({ isUnacknowledged = false }, sequence) => {
    log.append(sequence * gapUs, 0, 0, 0);
    log.sent(sequence, sequence * gapUs + 10);
    if (!isUnacknowledged) log.acknowledged(sequence, sequence * gapUs + 500);
  });
  const settledUs: number[] = [];
  const untold: number[] = [];
  const { flows: result, cases } = reconcileFlows(
    {
      ...{ logs: [log.toData()], flows: [0], evidence: evidenceOf(flows), held: null, accountsCents: null },
      couldMove: couldMove(flow, pending),
    },
    (_operation, _intendedUs, afterUs, isAcknowledged) => (isAcknowledged ? settledUs : untold).push(afterUs),
  );
  return { ...result, settledUs, untold, examples: cases.examples('c0117ac7', [], (atUs) => atUs / 1e3) };
}

const of = (...words: Word[]): PlannedFlow => ({ words });
const completed = of('placed', 'paid', 'reserved', 'shipped', 'ended');
const compensated = of('placed', 'paid', 'not reserved', 'refunded', 'undone');
const refused = of('placed', 'not paid', 'undone');
const nothing = Object.fromEntries([...flowStates, 'phantom', 'unacknowledged'].map((state) => [state, 0]));

describe('the account of flows', () => {
  it.each<[string, PlannedFlow, Record<string, number>, Record<string, number>]>([
    ['all done', completed, { completed: 1 }, { completed: 1 }],
    ['undone in reverse', compensated, { compensated: 1 }, {}],
    [
      'undone behind two steps',
      of('placed', 'paid', 'reserved', 'not shipped', 'released', 'refunded'),
      { compensated: 1 },
      {},
    ],
    ['refused at the first step', refused, { refused: 1 }, {}],
    ['given up before anything was done', of('placed', 'gaveUp', 'undone'), { refused: 1 }, {}],
    ['given up and undone', of('placed', 'paid', 'gaveUp', 'refunded', 'undone'), { compensated: 1 }, {}],
    ['kept, and never begun', of('placed'), { stuck: 1 }, {}],
    ['paid, and no more', of('placed', 'paid'), { stuck: 1 }, { stuck: 1 }],
    ['refused, and never refunded', of('placed', 'paid', 'not reserved'), { stuck: 1 }, { stuck: 1 }],
    ['left to a person', of('placed', 'paid', 'not reserved', 'leftToPerson'), { stuck: 1 }, { stuck: 1 }],
    [
      'left to a person who will find nothing, since the first step never was',
      of('placed', 'gaveUp', 'leftToPerson'),
      { stuck: 1, needsPerson: 1, refused: 0 },
      {},
    ],
    [
      'left to a person who will find it refunded',
      of('placed', 'paid', 'gaveUp', 'refunded', 'leftToPerson'),
      { stuck: 1, needsPerson: 1, compensated: 0 },
      {},
    ],
    [
      'left to a person who will find it shipped',
      of('placed', 'paid', 'reserved', 'shipped', 'gaveUp', 'leftToPerson'),
      { stuck: 1, needsPerson: 1, completed: 0 },
      { stuck: 1 },
    ],
    [
      'paid five times',
      of('placed', 'paid', 'paid', 'paid', 'paid', 'paid', 'reserved', 'shipped'),
      { inconsistent: 1 },
      { inconsistent: 5 },
    ],
    ['paid twice', of('placed', 'paid', 'paid', 'reserved', 'shipped'), { inconsistent: 1 }, { inconsistent: 2 }],
    [
      'refunded twice',
      of('placed', 'paid', 'not reserved', 'refunded', 'refunded'),
      { inconsistent: 1 },
      { inconsistent: -1 },
    ],
    ['shipped unpaid', of('placed', 'reserved', 'shipped'), { inconsistent: 1 }, {}],
    ['shipped and refunded', of('placed', 'paid', 'reserved', 'shipped', 'refunded'), { inconsistent: 1 }, {}],
    [
      'ended as paid, neither shipped nor refunded',
      of('placed', 'paid', 'ended'),
      { inconsistent: 1 },
      { inconsistent: 1 },
    ],
    ['refunded without a payment', of('placed', 'not paid', 'refunded'), { inconsistent: 1 }, { inconsistent: -1 }],
    [
      'effects without an order',
      { words: ['paid', 'reserved'], isUnacknowledged: true },
      { phantom: 1 },
      { phantom: 1 },
    ],
    [
      'an order whose client was told nothing',
      { words: ['placed', 'paid'], isUnacknowledged: true },
      { unacknowledged: 1 },
      { unacknowledged: 1 },
    ],
    ['nothing at all', { words: [], isUnacknowledged: true }, {}, {}],
    ['a refund of nobody', { words: ['refunded'], isUnacknowledged: true }, { phantom: 1 }, { phantom: -1 }],
  ])('has a flow that is %s, in numbers and in money', (_, flow, counts, payments) => {
    const result = account([flow]);
    expect(result).toMatchObject({ ...nothing, ...counts, acknowledged: flow.isUnacknowledged ? 0 : 1 });
    const money = Object.fromEntries(Object.entries(payments).map(([state, times]) => [state, times * paymentCents]));
    expect(result.moneyCents).toMatchObject({ ...nothing, ...money });
  });

  it('says where flows are stuck and which they are', () => {
    const { stuckAfter, needsPerson, examples } = account([
      completed,
      of('placed', 'paid'),
      of('placed', 'paid', 'reserved', 'not shipped', 'leftToPerson'),
      of('placed'),
    ]);
    expect(stuckAfter).toEqual({ placed: 1, payment: 1, inventory: 1 });
    expect(needsPerson).toBe(1);
    expect(examples.stuck?.map(({ id, last, needsPerson: person = false }) => [id.slice(-1), last, person])).toEqual([
      ['1', 'payment', false],
      ['2', 'inventory', true],
      ['3', 'placed', false],
    ]);
  });

  it('leaves open what its leader still has in hand', () => {
    const pending = { orders: { inHand: ['c0117ac7-0000-0000000001'], queued: 0 } };
    expect(account([of('placed', 'paid'), of('placed', 'paid'), completed], pending)).toMatchObject({
      ...{ stuck: 1, open: 1, completed: 1, openAfter: { payment: 1 } },
    });
  });

  it('leaves open what its leader gave up and still undoes, whatever its effects come to by now', () => {
    const pending = { orders: { inHand: [0, 1, 2].map((n) => `c0117ac7-0000-000000000${n}`), queued: 0 } };
    const flows = [
      of('placed', 'gaveUp'),
      of('placed', 'paid', 'reserved', 'shipped', 'gaveUp'),
      of('placed', 'paid', 'gaveUp', 'refunded', 'undone'), // of which only the log does not know yet
      of('placed', 'paid', 'gaveUp', 'refunded'), // of which nobody knows any more
    ];
    expect(account(flows, pending)).toMatchObject({ open: 2, compensated: 2, refused: 0, completed: 0, stuck: 0 });
  });

  it('leaves open what a part that is gone may have kept: a log, an outbox, what it heard of', () => {
    const quiet = { inHand: [], queued: 0 };
    const all = { orders: quiet, payment: quiet, inventory: quiet, shipping: quiet };
    const led = (log: 'memory' | 'file', orders: null | typeof quiet) =>
      account([of('placed', 'paid')], { ...all, orders }, { style: 'orchestrated', log }).open;
    expect([led('file', null), led('file', quiet), led('memory', null)]).toEqual([1, 0, 0]);
    const told = (flow: PlannedFlow, gone: string, publish: FlowPublish = 'outbox') =>
      account([flow], { ...all, [gone]: null }, { style: 'choreographed', publish }).open;
    expect(told(of('placed'), 'orders')).toBe(1);
    expect(told(of('placed'), 'orders', 'dual-write')).toBe(0);
    expect(told(of('placed', 'paid'), 'orders')).toBe(0);
    expect(told(of('placed', 'paid'), 'payment', 'dual-write')).toBe(1);
    expect(told(of('placed', 'paid'), 'shipping')).toBe(0);
    expect(told(of('placed', 'paid', 'not reserved'), 'inventory')).toBe(1);
    expect(told(of('placed', 'paid', 'not reserved'), 'orders')).toBe(0);
  });

  it.each<[string, FlowPending, { stuck: number; open: number }]>([
    ['whose next part has events waiting', { inventory: { inHand: [], queued: 2 } }, { stuck: 1, open: 1 }],
    ['whose next part is gone', { shipping: null, inventory: { inHand: [], queued: 0 } }, { stuck: 1, open: 1 }],
    ['whose last part is gone, and may not have told', { inventory: null }, { stuck: 0, open: 2 }],
    [
      'whose next part’s queue nobody knows',
      { inventory: { inHand: [], queued: null }, shipping: { inHand: [], queued: 0 } },
      { stuck: 1, open: 1 },
    ],
    [
      'that nothing waits for',
      { inventory: { inHand: [], queued: 0 }, shipping: { inHand: [], queued: 0 } },
      { stuck: 2, open: 0 },
    ],
  ])('without a leader leaves open what is on its way to a part: one %s', (_, told, expected) => {
    const quiet = { inHand: [], queued: 0 };
    const pending = { payment: quiet, shipping: quiet, ...told };
    expect(
      account([of('placed', 'paid'), of('placed', 'paid', 'reserved')], pending, { style: 'choreographed' }),
    ).toMatchObject(expected);
  });

  it('settles what ended, at its last effect', () => {
    const { settledUs, stages } = account([completed, compensated, refused, of('placed', 'paid')]);
    expect(settledUs).toEqual([4_000, 4_000, 2_000]);
    expect(stages.map(({ from, to, us, share }) => [from, to, us.count, share])).toEqual([
      ['placed', 'payment', 1, 0.3333],
      ['payment', 'inventory', 1, 0.3333],
      ['inventory', 'shipping', 1, 0.3333],
    ]);
  });

  it('settles what was offered and has ended, though its client was told nothing', () => {
    const unacknowledged = (...words: Word[]): PlannedFlow => ({ words, isUnacknowledged: true });
    const { settledUs, untold, stages } = account([
      unacknowledged('placed', 'paid', 'reserved', 'shipped', 'ended'),
      unacknowledged('placed', 'paid', 'not reserved', 'refunded'),
      unacknowledged('placed', 'paid'),
      unacknowledged('placed', 'paid', 'paid', 'reserved', 'shipped'),
      unacknowledged('paid', 'reserved', 'shipped'), // a phantom has no order that could be settled
    ]);
    expect([settledUs, untold]).toEqual([[], [4_000, 4_000]]);
    expect(stages[0]?.us.count).toBe(0);
  });

  it('finds exactly what was planted among 100,000', () => {
    const wrong: readonly [string, PlannedFlow][] = [
      ['effectTwice', of('placed', 'paid', 'reserved', 'reserved', 'shipped')],
      ['undoneTwice', of('placed', 'paid', 'not reserved', 'refunded', 'refunded')],
      ['shippedUnpaid', of('placed', 'reserved', 'shipped')],
      ['shippedAndRefunded', of('placed', 'paid', 'reserved', 'shipped', 'refunded')],
      ['endedPaid', of('placed', 'paid', 'ended')],
      ['stuck', of('placed', 'paid')],
    ];
    const flows = Array.from({ length: 100_000 }, (_, n) =>
      n % 20 === 3 ? compensated : n % 50 === 7 ? refused : completed,
    );
    expect(account(flows)).toMatchObject({ stuck: 0, open: 0, inconsistent: 0, phantom: 0, acknowledged: 100_000 });
    for (let n = 0; n < 60; n++) flows[n * 1_601 + 5] = wrong[n % wrong.length]?.[1] ?? completed;
    const result = account(flows);
    expect(result).toMatchObject({ stuck: 10, open: 0, inconsistent: 50, phantom: 0, acknowledged: 100_000 });
    for (const [why] of wrong.slice(0, -1)) expect(result.inconsistencies).toHaveProperty(why, 10);
    const sum = flowStates.reduce((total, state) => total + (result[state] ?? 0), 0);
    expect(sum).toBe(100_000);
    expect(result.examples.stuck?.map(({ id }) => (Number(id.slice(-10)) - 5) % 1_601)).toEqual(Array(10).fill(0));
  });
});
