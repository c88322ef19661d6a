/**
 * What became of each publication at each subscriber: the records of the load's clients against those of the subscribers'
 * processes. A subscriber is owed what was sent from its first subscription on.
 */
import { LatencyCounts } from '../../result/latency-counts.ts';
import { LoggedOperations } from '../recording/logged-operations.ts';
import type { OperationLogData } from '../recording/operation-log.ts';
import { keyGroupsOf, lateDeliveries, type OrderedPublication } from './delivery-order.ts';
import { Deliveries } from './delivery-table.ts';
import type { SubscriberRecord, SubscriberRecords } from './subscriber-crew.ts';
import type { SubscribedTime } from './subscriber-messages.ts';

export interface DeliveryInput {
  readonly logs: readonly OperationLogData[];
  /** By operation. */
  readonly isPublished: readonly boolean[];
  /** Each publication is owed to one of all subscribers. */
  readonly isShared: boolean;
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
  /** Of the missed: published between the last one that was had before a loss and the subscription that followed, or the end. */
  readonly missedInGaps: number;
  readonly twice: number;
  /** Had after a later one of the same key, whose send began only after this one was acknowledged. */
  readonly outOfOrder: number;
  readonly foreign: number;
  /** Without an id. */
  readonly unreadable: number;
  /** How long subscribers were without a subscription, each time, µs. */
  readonly gapsUs: readonly number[];
  /** Subscriptions that were lost before the last publication, and did not come back. */
  readonly neverBack: number;
  /** From the first to the last subscriber of one process that had a publication, µs. */
  readonly handlingUs: LatencyCounts;
  /** Of each process the first to have it, and the last, µs after the intended start. */
  readonly firstUs: LatencyCounts;
  readonly lastUs: LatencyCounts;
}

/** In which a subscriber had nothing. */
interface Gap {
  readonly lostUs: number;
  /** Infinity: it did not come back. */
  readonly backUs: number;
  /** When the last publication that it had before was sent: it may have had it so late that what followed was published meanwhile. */
  lastSentUs: number;
}

interface Subscriber {
  readonly number: number;
  readonly process: number;
  /** After the origin; -1: it never had it. `rows`: of a publication. */
  timeUs(rows: Publication['rows']): number;
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
  const tables = processes.map(
    ({ path, subscribers }) => new Deliveries(path, input.isShared ? 1 : subscribers.length),
  );
  const each = processes.flatMap((record, process) => subscribersOf(record, process, tables));
  const subscribers = input.isShared ? togetherOf(each) : each;
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
      const timeUs = subscriber.timeUs(rows);
      if (isAcknowledged) pairs++;
      if (timeUs < 0) {
        isWhole = false;
        input.onMissed(subscriber.number, operation, intendedUs, isAcknowledged);
        continue;
      }
      const atUs = originUs + timeUs;
      const afterUs = Math.max(0, atUs - intendedUs);
      if (isAcknowledged) delivered++;
      noteEvent(subscriber.gaps, publication.sentUs, atUs);
      latestUs = Math.max(latestUs, afterUs);
      const span = spans[subscriber.process];
      if (span !== undefined && !input.isShared) {
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
  const gaps = each.flatMap((subscriber) => subscriber.gaps);
  const lastSentUs = publications.reduce((last, { sentUs }) => Math.max(last, sentUs), Number.NEGATIVE_INFINITY);
  const keyGroups = keyGroupsOf(publications);
  return {
    publications: publications.filter(({ acknowledgedUs }) => !Number.isNaN(acknowledgedUs)).length,
    pairs,
    delivered,
    missed: pairs - delivered,
    missedInGaps: missedInGaps(subscribers, publications),
    twice: sumOf(processes, ({ data }) => data.twice) + (input.isShared ? sumOf(publications, hadAgain) : 0),
    foreign: sumOf(processes, ({ data }) => data.foreign),
    unreadable: sumOf(processes, ({ data }) => data.unreadable),
    outOfOrder: sumOf(subscribers, ({ timeUs }) =>
      lateDeliveries(keyGroups, (n) => timeUs(publications[n]?.rows ?? [])),
    ),
    gapsUs: gaps.filter(({ backUs }) => Number.isFinite(backUs)).map(({ lostUs, backUs }) => backUs - lostUs),
    neverBack: gaps.filter(({ lostUs, backUs }) => lostUs < lastSentUs && !Number.isFinite(backUs)).length,
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
      process,
      timeUs: (rows) => deliveries.timeUs(rows[process] ?? null, place),
      sinceUs: times[0]?.fromUs ?? Number.POSITIVE_INFINITY,
      gaps: gapsOf(times),
    };
  });
}

/** One for all: who has what is as good as any other. Where one of them is away the others go on. */
function togetherOf(each: readonly Subscriber[]): Subscriber[] {
  // Those that have the one place of their process's table.
  const ofProcesses = each.filter(({ process }, n) => each.findIndex((one) => one.process === process) === n);
  const [first] = ofProcesses;
  if (first === undefined) return [];
  return [
    {
      ...first,
      sinceUs: Math.max(...each.map(({ sinceUs }) => sinceUs)),
      gaps: [],
      timeUs(rows) {
        const times = ofProcesses.map(({ timeUs }) => timeUs(rows)).filter((timeUs) => timeUs >= 0);
        return times.length === 0 ? -1 : Math.min(...times);
      },
    },
  ];
}

/** By members of other processes than the first. */
function hadAgain({ rows }: Publication): number {
  return Math.max(0, rows.filter((row) => row !== null).length - 1);
}

function gapsOf(times: readonly SubscribedTime[]): Gap[] {
  return times.flatMap(({ fromUs, toUs }, n) =>
    toUs === null
      ? []
      : [{ lostUs: toUs, backUs: times[n + 1]?.fromUs ?? Number.POSITIVE_INFINITY, lastSentUs: fromUs }],
  );
}

function noteEvent(gaps: readonly Gap[], sentUs: number, hadUs: number): void {
  for (const gap of gaps) if (hadUs <= gap.lostUs && sentUs > gap.lastSentUs) gap.lastSentUs = sentUs;
}

/** Those that were on their way some time in a gap, once it is known where each gap begins. */
function missedInGaps(subscribers: readonly Subscriber[], publications: readonly Publication[]): number {
  let missed = 0;
  for (const { gaps, sinceUs, timeUs } of subscribers) {
    if (gaps.length === 0) continue;
    for (const { sentUs, acknowledgedUs, rows } of publications) {
      if (!(sinceUs <= sentUs) || timeUs(rows) >= 0) continue;
      if (gaps.some(({ lastSentUs, backUs }) => acknowledgedUs >= lastSentUs && sentUs <= backUs)) missed++;
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
