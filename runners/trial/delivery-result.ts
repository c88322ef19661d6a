/** What a trial says of its publications: the account of their deliveries, what it cost, and who was slow. */
import { knownSum } from '../../result/known-sum.ts';
import { LatencyCounts } from '../../result/latency-counts.ts';
import { summariseLatency } from '../../result/latency-summary.ts';
import { isPublished, type LaterTime } from '../../result/patterns.ts';
import type { DeliveriesResult, ListenerGroup } from '../../result/result-types.ts';
import { subscribersLink } from '../../scenarios/places.ts';
import { slowSubscribers, subscribersOf } from '../../scenarios/push-settings.ts';
import { canaryFigures } from '../canary/canary-account.ts';
import type { CpuPart, CpuUse } from '../recording/cpu-account.ts';
import { overflowOf } from '../recording/last-words.ts';
import { isMeasured, phaseAt } from '../recording/phase-windows.ts';
import { accountDeliveries, type DeliveryCounts } from '../subscribe/delivery-account.ts';
import type { SubscriberRecord } from '../subscribe/subscriber-crew.ts';
import type { TrialRecords } from './trial-records.ts';

/** `afterUs`: after the intended start. */
export type OnDelivery = (
  time: Extract<LaterTime, 'delivered' | 'deliveredToAll'>,
  operation: number,
  intendedUs: number,
  afterUs: number,
) => void;

class Group {
  readonly #counts = new LatencyCounts();
  #total = 0;
  #missed = 0;

  add(afterUs: number): void {
    this.#total++;
    this.#counts.record(afterUs);
  }

  miss(isAcknowledged: boolean): void {
    this.#total++;
    if (isAcknowledged) this.#missed++;
  }

  result(subscribers: number): ListenerGroup {
    return { subscribers, deliveredUs: summariseLatency(this.#counts, this.#total, subscribers), missed: this.#missed };
  }
}

/** null: nothing is published, or nobody knows what was delivered. Reads the files of the deliveries. */
export function deliveriesOf(records: TrialRecords, onDelivery: OnDelivery): DeliveriesResult | null {
  const { scenario, subscribers, windows, clock, workers, operations, plan } = records;
  const asked = subscribersOf(scenario);
  if (asked === null || subscribers === null || subscribers.processes === null) return null;
  const { processes } = subscribers;
  const phaseOf = (intendedUs: number) => windows[phaseAt(windows, clock.offsetUs(intendedUs))]?.name ?? 'drain';
  const slow = slowOf(scenario.conditions[plan.condition] ?? [], asked.count);
  const groups = { slow: new Group(), others: new Group() };
  const groupOf = (subscriber: number) => (slow.has(subscriber) ? groups.slow : groups.others);
  let measured = 0;
  const counts = accountDeliveries({
    logs: workers.map(({ log }) => log),
    isShared: records.target.subscription === 'shared',
    isPublished: operations.map(({ pattern }) => isPublished(pattern)),
    subscribers: { ...subscribers, processes },
    onDelivered(subscriber, operation, intendedUs, afterUs) {
      const phase = phaseOf(intendedUs);
      if (isMeasured(phase)) measured++;
      if (slow.size > 0 && phase === 'during') groupOf(subscriber).add(afterUs);
      onDelivery('delivered', operation, intendedUs, afterUs);
    },
    onDeliveredToAll: (operation, intendedUs, afterUs) => onDelivery('deliveredToAll', operation, intendedUs, afterUs),
    onMissed(subscriber, _operation, intendedUs, isAcknowledged) {
      if (slow.size > 0 && phaseOf(intendedUs) === 'during') groupOf(subscriber).miss(isAcknowledged);
    },
  });
  const overflow = overflowOf(records.lastWords);
  return {
    subscribers: asked.count,
    processes: processes.length,
    ...countsOf(counts),
    ...(!knowsKeys(records) && { outOfOrder: null }),
    reconnects: processes.reduce((sum, { data }) => sum + data.reconnects, 0),
    ...(overflow !== null && { overflow }),
    handling: handlingOf(counts),
    cpuUsPerDelivery: cpuOf(records.cpu, measured),
    bytesPerDelivery: bytesOf(records, processes, counts.delivered),
    ...(slow.size > 0 && {
      slow: groups.slow.result(slow.size),
      others: groups.others.result(asked.count - slow.size),
    }),
    canary: canaryFigures(processes.flatMap(({ data }) => data.canaries ?? [])),
  };
}

/** A system of the user's own that is not told the key of an operation has no order of it to keep. */
function knowsKeys({ target, operations }: TrialRecords): boolean {
  if (target.events === undefined) return true;
  const requests: Readonly<Record<string, unknown>> = target.requests ?? {};
  return operations.every(({ name, pattern }) => !isPublished(pattern) || holdsKey(requests[name]));
}

function holdsKey(request: unknown): boolean {
  return /\{\{\s*key\s*\}\}/.test(JSON.stringify(request ?? null));
}

function countsOf(counts: DeliveryCounts) {
  const { publications, pairs, delivered, missed, missedInGaps, twice, outOfOrder, foreign, gapsUs, neverBack } =
    counts;
  const { unreadable } = counts;
  const sorted = gapsUs.toSorted((a, b) => a - b);
  const at = (rank: number) => (sorted.length === 0 ? null : Math.round(sorted[rank] ?? 0));
  const gaps = {
    count: sorted.length,
    p50Us: at(Math.floor((sorted.length - 1) / 2)),
    longestUs: at(sorted.length - 1),
    neverBack,
  };
  return { publications, pairs, delivered, missed, missedInGaps, twice, outOfOrder, foreign, unreadable, gaps };
}

function handlingOf({ handlingUs, firstUs, lastUs }: DeliveryCounts): DeliveriesResult['handling'] {
  const [span, first, last] = [handlingUs, firstUs, lastUs].map((counts) => summariseLatency(counts));
  return {
    p50Us: span?.p50 ?? null,
    p99Us: span?.p99 ?? null,
    firstP50Us: first?.p50 ?? null,
    lastP50Us: last?.p50 ?? null,
  };
}

/** Of all faults of the condition. */
function slowOf(windows: TrialRecords['scenario']['conditions'][string], count: number): ReadonlySet<number> {
  return new Set(
    windows.flatMap((window) => (window.fault === 'slow-subscriber' ? slowSubscribers(count, window.share) : [])),
  );
}

function cpuOf(cpu: CpuUse | null, deliveries: number): DeliveriesResult['cpuUsPerDelivery'] {
  const each = (part: CpuPart) => {
    const us = cpu?.usedUs[part] ?? null;
    return us === null || deliveries === 0 ? null : Math.round((us / deliveries) * 100) / 100;
  };
  return { service: each('service'), broker: each('broker'), proxy: each('proxy'), subscribers: each('subscribers') };
}

/** As they count it themselves, else what went over their link. */
function bytesOf(
  { linkBytes }: TrialRecords,
  processes: readonly SubscriberRecord[],
  delivered: number,
): number | null {
  const bytes = knownSum(processes.map(({ data }) => data.bytesRead)) ?? linkBytes?.[subscribersLink] ?? null;
  return bytes === null || delivered === 0 ? null : Math.round((bytes / delivered) * 10) / 10;
}
