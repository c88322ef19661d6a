/** Where the answers to a trial's reads came from, and whether they were stale. */
import { LatencyCounts } from '../../result/latency-counts.ts';
import { summariseLatency } from '../../result/latency-summary.ts';
import { answerSourceNames, type CacheResult } from '../../result/result-types.ts';
import { cacheOf } from '../../scenarios/cache-settings.ts';
import { gatewayPart } from '../../scenarios/gateway.ts';
import { operationOf } from '../../scenarios/operations.ts';
import type { RestRequest } from '../../scenarios/scenario.ts';
import { linkBetween, servicesOf } from '../../scenarios/target-services.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import type { CacheCounts } from '../../targets/driver.ts';
import { connectionShare } from '../../targets/driver-kit/connection-keeper.ts';
import { clientOf } from '../../targets/rest/cache/client-of.ts';
import type { PlannedOperation } from '../load/worker-messages.ts';
import { LoggedOperations } from '../recording/logged-operations.ts';
import { isMeasured, phaseAt } from '../recording/phase-windows.ts';
import { type ShownVersion, staleReads } from '../recording/stale-reads.ts';
import type { TrialRecords } from './trial-records.ts';

/** What a cache may keep: of an own system, whose operations are its own business, HTTP says so. */
export function isCacheable({ action, request }: PlannedOperation): boolean {
  return action === null ? (request as RestRequest).method === 'GET' : operationOf(action)?.isRead === true;
}

/** Reads the evidence files. null: nobody looked. */
export function cacheAccount(records: TrialRecords): CacheResult | null {
  const { target, workers, operations, agents, linkBytes } = records;
  const settings = cacheOf(target);
  if (settings === null) return null;
  const { kind, at, maxAgeSeconds, clients } = settings;
  const logs = workers.map(({ log }) => new LoggedOperations(log));
  const reading = operations.map(isCacheable);
  const measured = measuredIn(records);
  const answers = answerSourceNames.map(() => new LatencyCounts());
  const versions: ShownVersion[] = [];
  let offered = 0;
  for (const [worker, log] of logs.entries()) {
    const { shown } = workers[worker] ?? {};
    const ownClients = connectionShare(clients, log.producer, workers.length);
    for (let sequence = 0; sequence < log.length; sequence++) {
      const intendedUs = log.intendedUs(sequence);
      const isRead = reading[log.operation(sequence)] === true;
      const counts = measured(intendedUs);
      const tookUs = log.acknowledgedAfterUs(sequence);
      if (isRead && counts) offered++;
      if (Number.isNaN(tookUs)) continue;
      const from = shown?.from[sequence] ?? 0;
      if (isRead && counts && from > 0) answers[from - 1]?.record(tookUs);
      const version = shown?.versions[sequence] ?? 0;
      if (version === 0 || (isRead && from === 0)) continue;
      const sentAfterUs = log.sentAfterUs(sequence);
      versions.push({
        ...{ key: log.key(sequence), isRead, version, isMeasured: counts, endedUs: intendedUs + tookUs },
        client: log.producer * clients + clientOf(sequence, ownClients),
        // What is shown without asking is never sent, and takes no time.
        sentUs: intendedUs + (Number.isNaN(sentAfterUs) ? tookUs : sentAfterUs),
      });
    }
  }
  const [hit, revalidated, replaced, miss] = answers.map((counts) => {
    return { count: counts.count, latencyUs: summariseLatency(counts) };
  }) as [CacheResult['hit'], CacheResult['revalidated'], CacheResult['replaced'], CacheResult['miss']];
  const isKnown = agents.length === 0 && versions.some(({ isRead }) => isRead);
  return {
    ...{ kind, at, maxAgeSeconds, clients },
    reads: answers.reduce((sum, { count }) => sum + count, 0),
    ...{ hit, revalidated, replaced, miss, offered },
    originReads: originReads(records, logs, reading),
    originBytes: linkBytes?.[linkBetween(gatewayPart, servicesOf(target)[0]?.name ?? '')] ?? null,
    kept: keptBy(workers.flatMap(({ cache }) => cache ?? [])),
    stale: isKnown ? staleReads(versions, maxAgeSeconds * 1e6) : null,
  };
}

function measuredIn({ windows, clock }: TrialRecords): (intendedUs: number) => boolean {
  return (intendedUs) => isMeasured(windows[phaseAt(windows, clock.offsetUs(intendedUs))]?.name ?? 'drain');
}

function originReads(records: TrialRecords, logs: readonly LoggedOperations[], reading: readonly boolean[]) {
  const { evidencePaths } = records;
  if (evidencePaths === null) return null;
  const measured = measuredIn(records);
  const byProducer = new Map(logs.map((log) => [log.producer, log]));
  let reads = 0;
  for (const { kind, producer, sequence } of new EvidenceReader(...evidencePaths).more()) {
    const log = byProducer.get(producer);
    if (kind !== evidenceKinds.received || log === undefined || sequence >= log.length) continue;
    if (reading[log.operation(sequence)] === true && measured(log.intendedUs(sequence))) reads++;
  }
  return reads;
}

function keptBy(counts: readonly CacheCounts[]): CacheResult['kept'] {
  if (counts.length === 0) return null;
  const sum = (of: (one: CacheCounts) => number) => counts.reduce((total, one) => total + of(one), 0);
  return {
    entries: sum(({ entries }) => entries),
    bytes: sum(({ bytes }) => bytes),
    evicted: sum(({ evicted }) => evicted),
    sameUnderNewTag: sum(({ sameUnderNewTag }) => sameUnderNewTag),
  };
}
