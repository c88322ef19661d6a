import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { historyEvent } from '../../targets/domain/event-history.ts';
import type { OrderEvent } from '../../targets/domain/event-log.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import { OrderFold } from '../../targets/domain/order-fold.ts';
import { cancellableOrderId, populationIds, readableOrderId } from '../../targets/domain/service-options.ts';
import { cancelKeys, readKeys } from '../load/call-source.ts';
import { OperationLog } from './operation-log.ts';
import { type Rebuild, rebuildAccount } from './rebuild-account.ts';

const trialTag = 'cafecafe';
const population = { readable: 5, cancellable: 40 };
const history = 24;
const actions = ['place', 'update', 'cancel', 'pay', 'get'];
const payloads = ['a small order', 'a larger order'];
const stepUs = 1_000;
const count = 60;
/** The service is gone after so many, and these last ones were not on record as applied. */
const undecided = 3;

const operation = (sequence: number) => sequence % 4;
const key = (sequence: number) => sequence % 5;
const payload = (sequence: number) => sequence % 2;

/** What the service wrote to its log for one operation. */
function eventOf(sequence: number): OrderEvent {
  const request = formatOperationId(trialTag, 1, sequence);
  const text = payloads[payload(sequence)] ?? '';
  switch (operation(sequence)) {
    case 0:
      return { type: 'placed', id: request, request, key: `key-${key(sequence)}`, payload: text };
    case 1:
      return { type: 'updated', id: readableOrderId(key(sequence)), request, payload: text };
    case 2:
      return { type: 'cancelled', id: cancellableOrderId(sequence % 40), request };
    default:
      return { type: 'paid', id: request, request, account: `key-${key(sequence)}`, cents: 1_000 };
  }
}

function clientLog() {
  const log = new OperationLog(1, true);
  for (let sequence = 0; sequence < count; sequence++) {
    const number = [key(sequence), readKeys + key(sequence), cancelKeys + (sequence % 40), key(sequence)];
    log.append(sequence * stepUs, operation(sequence), number[operation(sequence)] ?? 0, payload(sequence));
    log.acknowledged(sequence, sequence * stepUs + 400);
  }
  return log.toData();
}

function recordOf(kind: 'logged' | 'applied', sequence: number): EvidenceRecord {
  const event = eventOf(sequence);
  const keyText = event.type === 'paid' ? event.account : event.type === 'placed' ? event.key : event.id;
  return {
    ...{ kind: evidenceKinds[kind], producer: 1, sequence, step: Math.floor(sequence / undecided) },
    ...{ atUs: sequence * stepUs + (kind === 'logged' ? 100 : 300), checksum: 0, keyHash: crc32(keyText) },
    ...{ redelivered: false, changed: true, part: 0 },
  };
}

/** Three leave together; of the last ones nobody lived to say that they had arrived. */
const evidence = Array.from({ length: count / undecided }, (_, batch) => {
  const sequences = [0, 1, 2].map((n) => batch * undecided + n);
  const isLast = batch === count / undecided - 1;
  return [
    ...sequences.map((sequence) => recordOf('logged', sequence)),
    ...(isLast ? [] : sequences.map((sequence) => recordOf('applied', sequence))),
  ];
}).flat();

const sure = [
  ...Array.from({ length: history }, (_, n) => historyEvent(n)),
  ...Array.from({ length: count - undecided }, (_, sequence) => eventOf(sequence)),
];

function rebuildOf(events: readonly OrderEvent[], remains: Partial<Rebuild> = {}): Rebuild {
  const fold = new OrderFold(populationIds(population), false);
  for (const event of events) fold.apply(event);
  const startedUs = count * stepUs + 5_000;
  return {
    ...{ startedUs, readFromUs: startedUs + 1e5, readyUs: startedUs + 6e5, caughtUpUs: startedUs + 7e5 },
    ...{ read: events.length, events: fold.events, snapshotOf: null, digest: fold.digest },
    ...{ refusedReads: 2, refusedChanges: 1, failure: null, servingUs: startedUs + 2e5 },
    ...remains,
  };
}

function accountOf(...rebuilds: readonly Rebuild[]) {
  const checksums = actions.map((_, n) => (n < 2 ? payloads.map((text) => crc32(text)) : []));
  return rebuildAccount({
    ...{ rebuilds, evidence, logs: [clientLog()], actions, checksums, trialTag, population, history },
    isCompacted: false,
  });
}

describe('a state that was folded anew', () => {
  it('is the one that evidence and clients come to, whichever of those on their way had arrived', () => {
    for (const arrived of [0, 1, 2, 3]) {
      const [found] = accountOf(rebuildOf([...sure, ...[57, 58, 59].slice(0, arrived).map(eventOf)]));
      expect(found).toMatchObject({ isSame: true, undecided: arrived, expected: { events: sure.length + arrived } });
    }
  });

  it.each([
    ['one is missing', (events: OrderEvent[]) => events.toSpliced(40, 1)],
    ['one of the history is missing', (events: OrderEvent[]) => events.toSpliced(6, 1)],
    ['the last one is missing', (events: OrderEvent[]) => events.slice(0, -1)],
    ['one stands there twice', (events: OrderEvent[]) => events.toSpliced(40, 0, events[40] as OrderEvent)],
    ['the last one stands there twice', (events: OrderEvent[]) => [...events, events.at(-1) as OrderEvent]],
    ['two of different orders are swapped', (events: OrderEvent[]) => swapped(events, 40, 41)],
    ['two of the same order are swapped', (events: OrderEvent[]) => swapped(events, 25, 45)],
    ['two payments are swapped', (events: OrderEvent[]) => swapped(events, 27, 47)],
    [
      'another payload is in one',
      (events: OrderEvent[]) => events.with(44, { ...(events[44] as OrderEvent), ...other }),
    ],
  ])('is another one where %s', (_, plant) => {
    const [found] = accountOf(rebuildOf(plant(sure)));
    expect(found?.isSame).toBe(false);
  });

  it('is not compared once one could not be folded, nor are those after it', () => {
    const broken = rebuildOf([], {
      failure: 'its log begins at offset 5',
      readyUs: null,
      caughtUpUs: null,
      digest: null,
    });
    expect(accountOf(broken, rebuildOf(sure))).toMatchObject([
      { isSame: null, expected: null, readyAfterUs: null, readPerSecond: null, failure: 'its log begins at offset 5' },
      { isSame: null, expected: null },
    ]);
  });

  it('is read at a speed over the time of reading alone', () => {
    expect(accountOf(rebuildOf(sure))).toMatchObject([
      { readyAfterUs: 6e5, readUs: 5e5, caughtUpUs: 1e5, readPerSecond: sure.length * 2 },
    ]);
  });

  it('has as its live operations those that make something, offered from when it served until it was ready', () => {
    const all = rebuildOf(sure, { servingUs: 20 * stepUs, readyUs: 40 * stepUs });
    expect(accountOf(all)[0]?.live).toMatchObject({ count: 10, min: 400, max: 400 }); // placed and paid: two of four
  });
});

const other = { payload: 'an order of somebody else' };

function swapped(events: readonly OrderEvent[], one: number, another: number): OrderEvent[] {
  return events.with(one, events[another] as OrderEvent).with(another, events[one] as OrderEvent);
}
