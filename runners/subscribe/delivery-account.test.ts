import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import { OperationLog } from '../recording/operation-log.ts';
import { accountDeliveries } from './delivery-account.ts';
import { DeliveryTable } from './delivery-table.ts';
import type { SubscriberRecord } from './subscriber-crew.ts';
import type { SubscribedTime } from './subscriber-messages.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-deliveries-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const originUs = 1_000_000;
const health = { measuredMs: 1, eventLoopUtilisation: 0, longestStallMs: 0, gcPausesMs: 0, longestGcPauseMs: 0 };
const throughout: SubscribedTime[] = [{ fromUs: originUs, toUs: null }];

/** One publication a millisecond, sent after 10 µs and acknowledged after 100; `key`: of each. */
function published(count: number, { key = (): number => 0, unacknowledged = [] as number[] } = {}) {
  const log = new OperationLog(0, true);
  for (let n = 0; n < count; n++) {
    const intendedUs = originUs + 1_000 * (n + 1);
    const sequence = log.append(intendedUs, 0, key(), 0);
    log.sent(sequence, intendedUs + 10);
    if (!unacknowledged.includes(n)) log.acknowledged(sequence, intendedUs + 100);
  }
  return log.toData();
}

interface Heard {
  readonly subscriber: number;
  readonly sequence: number;
  /** After its intended start; left out: 500. */
  readonly afterUs?: number;
}

let files = 0;

/** Subscribers 0 and 2 in one process, 1 in another. */
function heard(
  events: readonly Heard[],
  subscribed: Readonly<Record<number, readonly SubscribedTime[]>> = {},
  isShared = false,
) {
  const processes = [[0, 2], [1]].map((subscribers): SubscriberRecord => {
    const table = new DeliveryTable('t', isShared ? 1 : subscribers.length, originUs);
    for (const { subscriber, sequence, afterUs = 500 } of events) {
      const place = subscribers.indexOf(subscriber);
      if (place >= 0)
        table.add(
          isShared ? 0 : place,
          formatOperationId('t', 0, sequence),
          originUs + 1_000 * (sequence + 1) + afterUs,
        );
    }
    const path = join(folder, `${files++}`);
    table.writeTo(path);
    const { twice, foreign, unreadable } = table;
    const times = subscribers.map((one) => subscribed[one] ?? throughout);
    const told = { twice, foreign, unreadable, reconnects: 0, bytesRead: null };
    const data = { subscribed: times, ...told, health, canaries: null };
    return { subscribers, path, data };
  });
  return { originUs, processes };
}

const everyone = (sequences: readonly number[]) =>
  sequences.flatMap((sequence) => [0, 1, 2].map((subscriber): Heard => ({ subscriber, sequence })));

function account(logs: ReturnType<typeof published>[], subscribers: ReturnType<typeof heard>, isShared = false) {
  const each: number[] = [];
  const last: number[] = [];
  const missed: number[] = [];
  const counts = accountDeliveries({
    ...{ logs, isPublished: [true], isShared, subscribers },
    onDelivered: (_subscriber, _operation, _intendedUs, afterUs) => void each.push(afterUs),
    onDeliveredToAll: (_operation, _intendedUs, afterUs) => void last.push(afterUs),
    onMissed: (subscriber) => void missed.push(subscriber),
  });
  return { ...counts, each, last, missedBy: missed };
}

it('counts each pair, and the last subscriber of each publication', () => {
  const late = { subscriber: 2, sequence: 1, afterUs: 900 };
  const all = everyone([0, 1]).filter(({ subscriber, sequence }) => !(subscriber === 2 && sequence === 1));
  const found = account([published(2)], heard([...all, late]));
  expect(found).toMatchObject({ publications: 2, pairs: 6, delivered: 6, missed: 0, twice: 0, outOfOrder: 0 });
  expect(found.each.toSorted()).toEqual([500, 500, 500, 500, 500, 900]);
  expect(found.last).toEqual([500, 900]);
  // Both of the first process had the second one, 400 µs apart; the other process has one subscriber.
  expect(found.handlingUs.maxUs).toBeGreaterThanOrEqual(380);
});

it('tells one planted missing, one twice, one of another run and one without an id', () => {
  const events = everyone([0, 1, 2]).filter(({ subscriber, sequence }) => !(subscriber === 1 && sequence === 1));
  const subscribers = heard([...events, { subscriber: 0, sequence: 2 }]);
  const found = account([published(3)], subscribers);
  expect(found).toMatchObject({ pairs: 9, delivered: 8, missed: 1, missedInGaps: 0, twice: 1, missedBy: [1] });
  expect(found.last).toHaveLength(2);
  const table = new DeliveryTable('t', 1, originUs);
  table.add(0, formatOperationId('other', 0, 1), originUs);
  table.add(0, '', originUs);
  expect([table.foreign, table.unreadable, table.received]).toEqual([1, 1, 0]);
});

it('owes what was sent from the first subscription on, and what its publisher knows to be published', () => {
  const joined = { 1: [{ fromUs: originUs + 2_500, toUs: null }] };
  const found = account([published(4, { unacknowledged: [3] })], heard(everyone([2]), joined));
  // Subscribers 0 and 2 are owed three, subscriber 1 only the third; the fourth is nobody's to miss.
  expect(found).toMatchObject({ publications: 3, pairs: 7, delivered: 3, missed: 4 });
  expect(found.missedBy).toHaveLength(7);
});

it('tells apart what is missed while a subscriber is cut off', () => {
  // It had the first, is lost at 2.2 ms, and comes again at 4.5 ms: the second to the fourth fall in between.
  const cut = [
    { fromUs: originUs, toUs: originUs + 2_200 },
    { fromUs: originUs + 4_500, toUs: null },
  ];
  const events = everyone([0, 1, 2, 3, 4, 5]).filter(({ subscriber, sequence }) => subscriber !== 0 || sequence === 0);
  const found = account([published(6)], heard(events, { 0: cut }));
  expect(found).toMatchObject({ missed: 5, missedInGaps: 3, gapsUs: [2_300], neverBack: 0 });
});

it('begins a gap with the last publication that was had, not with when a busy subscriber had it', () => {
  const late = { subscriber: 0, sequence: 0, afterUs: 1_500 }; // the second was published and gone by then
  const events = everyone([0, 1, 2, 3]).filter(({ subscriber, sequence }) => subscriber !== 0 || sequence > 1);
  const cut = [
    { fromUs: originUs, toUs: originUs + 2_700 },
    { fromUs: originUs + 2_900, toUs: null },
  ];
  expect(account([published(4)], heard([late, ...events], { 0: cut }))).toMatchObject({ missed: 1, missedInGaps: 1 });
});

it('takes a subscription for lost for good only while there is something to publish', () => {
  const until = (ms: number) => [{ fromUs: originUs, toUs: originUs + ms * 1_000 }];
  const found = account([published(3)], heard(everyone([0, 1, 2]), { 0: until(2.8), 1: until(3.6) }));
  expect(found).toMatchObject({ neverBack: 1, missed: 0 });
});

it('holds the order of a key against its publisher, and nothing of different keys', () => {
  const swapped = [
    { subscriber: 0, sequence: 0, afterUs: 5_000 },
    { subscriber: 0, sequence: 1 },
  ];
  const others = everyone([0, 1]).filter(({ subscriber }) => subscriber !== 0);
  expect(account([published(2)], heard([...swapped, ...others])).outOfOrder).toBe(1);
  let next = 0;
  expect(account([published(2, { key: () => next++ })], heard([...swapped, ...others])).outOfOrder).toBe(0);
});

it('owes an event of a shared subscription to one of its members, whichever process that is in', () => {
  const events: Heard[] = [
    { subscriber: 0, sequence: 0 },
    { subscriber: 1, sequence: 1, afterUs: 700 },
    { subscriber: 2, sequence: 2 },
    // Sequence 3 came to nobody; this one to a member of each process, as after a member was cut off.
    { subscriber: 2, sequence: 4, afterUs: 900 },
    { subscriber: 1, sequence: 4, afterUs: 600 },
  ];
  const found = account([published(5)], heard(events, {}, true), true);
  expect(found).toMatchObject({ publications: 5, pairs: 5, delivered: 4, missed: 1, twice: 1 });
  expect(found.each).toEqual([500, 700, 500, 600]);
});
