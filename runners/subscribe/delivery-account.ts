/**
 * What became of each publication at each subscriber: the records of the load's clients against those of the subscribers'
 * processes. A subscriber is owed what was sent from its first subscription on.
 */
import { LatencyCounts } from '../../result/latency-counts.ts';
import { LoggedOperations } from '../recording/logged-operations.ts';
import type { OperationLogData } from '../recording/operation-log.ts';
import { lateDeliveries, type OrderedPublication } from './delivery-order.ts';
import { Deliveries } from './delivery-table.ts';
import type { SubscriberRecord, SubscriberRecords } from './subscriber-crew.ts';
import type { SubscribedTime } from './subscriber-messages.ts';

export interface DeliveryInput {
  readonly logs: readonly OperationLogData[];
  /** By operation. */
  readonly isPublished: readonly boolean[];
  readonly subscribers: SubscriberRecords & { readonly processes: readonly SubscriberRecord[] };
  /** Of one subscriber; `afterUs` counts from the intended start. */
  onDelivered(subscriber: number, operation: number, intendedUs: number, afterUs: number): void;
  /** Of the last of all that were owed it. */
  onDeliveredToAll(operation: number, intendedUs: number, afterUs: number): void;
  /** It is owed, and never came; `isAcknowledged`: its publisher takes it for published. */
  onMissed(subscriber: number, operation: number, intendedUs: number, isAcknowledged: boolean): void;
}

export interface DeliveryCounts {
  /** That a subscriber was owed, and whose publisher was told that they are published. */
  readonly publications: number;
  readonly pairs: number;
  readonly delivered: number;
  readonly missed: number;
  /** Of the missed: published between the last event before a loss and the subscription that followed, or the end. */
  readonly missedInGaps: number;
  readonly twice: number;
  /** Had after a later one of the same key, whose send began only after this one was acknowledged. */
  readonly outOfOrder: number;
  readonly foreign: number;
  /** How long subscribers were without a subscription, each time, µs. */
  readonly gapsUs: readonly number[];
  /** Subscriptions that were lost and did not come back. */
  readonly neverBack: number;
  /** From the first to the last subscriber of one process that had a publication, µs. */
  readonly handlingUs: LatencyCounts;
  /** Of each process the first to have it, and the last, µs after the intended start. */
  readonly firstUs: LatencyCounts;
  readonly lastUs: LatencyCounts;
}

/** In which a subscriber had nothing: from its last event to its next subscription. */
interface Gap {
  readonly lostUs: number;
  /** Infinity: it did not come back. */
  readonly backUs: number;
  lastEventUs: number;
}

interface Subscriber {
  readonly number: number;
  readonly deliveries: Deliveries;
  readonly process: number;
  readonly place: number;
  readonly sinceUs: number;
  readonly gaps: readonly Gap[];
}

interface Publication extends OrderedPublication {
  readonly operation: number;
  readonly intendedUs: number;
  /** By process. */
  readonly rows: readonly (number | null)[];
}

export function accountDeliveries(input: DeliveryInput): DeliveryCounts {
  const { originUs, processes } = input.subscribers;
  const tables = processes.map(({ path, subscribers }) => new Deliveries(path, subscribers.length));
  const subscribers = processes.flatMap((record, process) => subscribersOf(record, process, tables));
  const publications = publicationsOf(input, tables);
  const seen = { handlingUs: new LatencyCounts(), firstUs: new LatencyCounts(), lastUs: new LatencyCounts() };
  let pairs = 0;
  let delivered = 0;
  for (const publication of publications) {
    const { rows, intendedUs, operation } = publication;
    const isAcknowledged = !Number.isNaN(publication.acknowledgedUs);
    let latestUs = 0;
    let isWhole = true;
    const spans = tables.map(() => ({ firstUs: Number.POSITIVE_INFINITY, lastUs: 0 }));
    for (const subscriber of subscribers) {
      if (!(subscriber.sinceUs <= publication.sentUs)) continue;
      const timeUs = subscriber.deliveries.timeUs(rows[subscriber.process] ?? null, subscriber.place);
      if (isAcknowledged) pairs++;
      if (timeUs < 0) {
        isWhole = false;
        input.onMissed(subscriber.number, operation, intendedUs, isAcknowledged);
        continue;
      }
      const atUs = originUs + timeUs;
      const afterUs = Math.max(0, atUs - intendedUs);
      if (isAcknowledged) delivered++;
      noteEvent(subscriber.gaps, atUs);
      latestUs = Math.max(latestUs, afterUs);
      const span = spans[subscriber.process];
      if (span !== undefined) {
        span.firstUs = Math.min(span.firstUs, afterUs);
        span.lastUs = Math.max(span.lastUs, afterUs);
      }
      input.onDelivered(subscriber.number, operation, intendedUs, afterUs);
    }
    for (const { firstUs, lastUs } of spans) {
      if (!Number.isFinite(firstUs)) continue;
      seen.handlingUs.record(lastUs - firstUs);
      seen.firstUs.record(firstUs);
      seen.lastUs.record(lastUs);
    }
    if (isWhole && latestUs > 0) input.onDeliveredToAll(operation, intendedUs, latestUs);
  }
  const gaps = subscribers.flatMap((subscriber) => subscriber.gaps);
  return {
    publications: publications.filter(({ acknowledgedUs }) => !Number.isNaN(acknowledgedUs)).length,
    pairs,
    delivered,
    missed: pairs - delivered,
    missedInGaps: missedInGaps(subscribers, publications),
    twice: sumOf(processes, ({ data }) => data.twice),
    foreign: sumOf(processes, ({ data }) => data.foreign),
    outOfOrder: subscribers.reduce(
      (sum, { deliveries, process, place }) =>
        sum + lateDeliveries(publications, (n) => deliveries.timeUs(publications[n]?.rows[process] ?? null, place)),
      0,
    ),
    gapsUs: gaps.filter(({ backUs }) => Number.isFinite(backUs)).map(({ lostUs, backUs }) => backUs - lostUs),
    neverBack: gaps.filter(({ backUs }) => !Number.isFinite(backUs)).length,
    ...seen,
  };
}

function sumOf<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0);
}

function subscribersOf(
  { subscribers, data }: SubscriberRecord,
  process: number,
  tables: readonly Deliveries[],
): Subscriber[] {
  return subscribers.map((number, place) => {
    const times = data.subscribed[place] ?? [];
    const deliveries = tables[process] as Deliveries;
    return {
      number,
      deliveries,
      process,
      place,
      sinceUs: times[0]?.fromUs ?? Number.POSITIVE_INFINITY,
      gaps: gapsOf(times),
    };
  });
}

function gapsOf(times: readonly SubscribedTime[]): Gap[] {
  return times.flatMap(({ fromUs, toUs }, n) =>
    toUs === null
      ? []
      : [{ lostUs: toUs, backUs: times[n + 1]?.fromUs ?? Number.POSITIVE_INFINITY, lastEventUs: fromUs }],
  );
}

function noteEvent(gaps: readonly Gap[], atUs: number): void {
  for (const gap of gaps) if (atUs <= gap.lostUs && atUs > gap.lastEventUs) gap.lastEventUs = atUs;
}

/** Those that were on their way some time in a gap, once it is known where each gap begins. */
function missedInGaps(subscribers: readonly Subscriber[], publications: readonly Publication[]): number {
  let missed = 0;
  for (const { gaps, sinceUs, deliveries, process, place } of subscribers) {
    if (gaps.length === 0) continue;
    for (const { sentUs, acknowledgedUs, rows } of publications) {
      if (!(sinceUs <= sentUs) || deliveries.timeUs(rows[process] ?? null, place) >= 0) continue;
      if (gaps.some(({ lastEventUs, backUs }) => acknowledgedUs >= lastEventUs && sentUs <= backUs)) missed++;
    }
  }
  return missed;
}

function publicationsOf({ logs, isPublished }: DeliveryInput, tables: readonly Deliveries[]): Publication[] {
  const publications: Publication[] = [];
  for (const data of logs) {
    const log = new LoggedOperations(data);
    for (let sequence = 0; sequence < log.length; sequence++) {
      const operation = log.operation(sequence);
      if (isPublished[operation] !== true) continue;
      const intendedUs = log.intendedUs(sequence);
      publications.push({
        operation,
        intendedUs,
        key: log.key(sequence),
        sentUs: intendedUs + log.sentAfterUs(sequence),
        acknowledgedUs: intendedUs + log.acknowledgedAfterUs(sequence),
        rows: tables.map((table) => table.row(log.producer, sequence)),
      });
    }
  }
  return publications;
}
