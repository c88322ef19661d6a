/** What became of each operation of a trial: the records of its clients against the evidence of its services. */

import { isHandedOver } from '../../result/patterns.ts';
import type {
  CpuResult,
  DeliveriesResult,
  FlowsResult,
  GroupResult,
  LedgerResult,
  OutputsResult,
  PaymentsResult,
  PoisonResult,
  RebuildResult,
  TrialResult,
} from '../../result/result-types.ts';
import { cacheOf } from '../../scenarios/cache-settings.ts';
import { operationOf, referenceOperations } from '../../scenarios/operations.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { EvidenceReader, type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { originsOf } from '../agents/producer-origins.ts';
import type { OnSettled } from '../recording/flow-ledger.ts';
import { groupAccount } from '../recording/group-account.ts';
import { chargedCentsOf } from '../recording/last-words.ts';
import { type Ledger, type OnLaterTime, type OnServed, reconcileLedger } from '../recording/ledger.ts';
import { outputsAccount } from '../recording/outputs-account.ts';
import { paymentsOf } from '../recording/payments.ts';
import { phaseAt } from '../recording/phase-windows.ts';
import { poisonAccount } from '../recording/poison-account.ts';
import { rebuildAccount } from '../recording/rebuild-account.ts';
import type { Recorder } from '../recording/recorder.ts';
import { isCacheable } from './cache-account.ts';
import { deliveriesOf } from './delivery-result.ts';
import { flowsIn, observedFlowsIn } from './flow-account.ts';
import type { TrialRecords } from './trial-records.ts';

export const unknownLedger: LedgerResult = {
  acknowledged: null,
  received: null,
  applied: null,
  lost: null,
  unacknowledgedButApplied: null,
  duplicatesReceived: null,
  duplicatesApplied: null,
  reordered: null,
  corrupted: null,
  stateLost: null,
  deadLettered: null,
  refusedUnheard: null,
};

export interface TrialAccount {
  readonly ledger: LedgerResult;
  readonly examples: TrialResult['ledgerExamples'] | null;
  /** Operations by the process that received them, each as often as it did; null: there is but one, or not known. */
  readonly receivedBy: Readonly<Record<string, number>> | null;
  readonly flows: FlowsResult | null;
  /** null: nothing is published, or nobody knows. */
  readonly deliveries: DeliveriesResult | null;
  /** null: there is none. */
  readonly poison: PoisonResult | null;
  /** null: its service is no consumer group of several. */
  readonly group: GroupResult | null;
  /** null: nothing is written, or nobody could read it. */
  readonly outputs: OutputsResult | null;
}

/** Reads the evidence files. `onHappened`: `atUs` is when, `afterUs` how long after the intended start. */
export function trialAccount(
  records: TrialRecords,
  recorder: Recorder,
  cpu: CpuResult,
  onHappened: OnLaterTime,
): TrialAccount {
  const { evidencePaths, workers, windows, operations, clock, target } = records;
  const onLater: OnLaterTime = (time, operation, intendedUs, afterUs) => {
    const offsetUs = clock.offsetUs(intendedUs);
    const phase = phaseAt(windows, offsetUs);
    recorder.cell(phase, operation).latency(time).record(afterUs);
    recorder.recordBlock(phase, operation, time, offsetUs, afterUs);
    onHappened(time, operation, intendedUs + afterUs, afterUs);
  };
  const isAnswered = operations.map(({ pattern }) => !isHandedOver(pattern));
  const onServed: OnServed = (operation, intendedUs, tookUs) => {
    if (!isAnswered[operation]) return; // nobody waits for it
    const phase = phaseAt(windows, clock.offsetUs(intendedUs));
    recorder.cell(phase, operation).latency('inService').record(tookUs);
  };
  const onSettled: OnSettled = (operation, intendedUs, afterUs) => onLater('settled', operation, intendedUs, afterUs);
  const deliveries = deliveriesOf(records, onLater);
  if (evidencePaths === null) {
    return {
      ledger: unknownLedger,
      examples: null,
      receivedBy: null,
      flows: observedFlowsIn(records, onSettled) ?? flowsIn(records, onSettled, cpu),
      deliveries,
      poison: null,
      group: null,
      outputs: null,
    };
  }
  const received = records.serviceNames.map(() => 0);
  const evidence = countReceived(new EvidenceReader(...evidencePaths).more(), received);
  const { ledger, cases } = reconcileLedger(
    {
      logs: workers.map(({ log }) => log),
      checksums: workers[0]?.checksums ?? [],
      patterns: operations.map(({ pattern }) => pattern),
      hasEffect: operations.map(({ action }) => action === null || operationOf(action)?.isRead === false),
      acceptedOnly: operations.map(({ pattern }) => isHandedOver(pattern) && promisesNothing(target)),
      mayBeCached: cacheOf(target) === null ? [] : operations.map(isCacheable),
      mayBeServed: operations.some(({ caller }) => caller !== undefined)
        ? operations.map(({ caller }) => caller?.mayBeServed ?? true)
        : null,
      evidence,
      held: records.held?.operations ?? null,
      ...(records.agents.length > 0 && { originOf: originsOf(records.agents) }),
    },
    onLater,
    onServed,
  );
  const flows = flowsIn(records, onSettled, cpu);
  const { atEnd = null, deadLetters = null } = records.backlog ?? {};
  const examples = cases.examples(records.trialTag, records.faults, (atUs) => clock.loadMs(atUs));
  const byName = Object.fromEntries(records.serviceNames.map((name, part) => [name, received[part] ?? 0]));
  return {
    ledger: withPending(withDeadLetters(ledger, deadLetters), atEnd),
    examples,
    receivedBy: received.length < 2 || flows !== null ? null : byName,
    flows,
    deliveries,
    poison: poisonIn(records),
    group: groupIn(records),
    outputs: outputsIn(records),
  };
}

/** Reads the evidence files. null: no service has a log. */
export function rebuildsIn({
  rebuilds,
  evidencePaths,
  workers,
  operations,
  ...records
}: TrialRecords): RebuildResult[] | null {
  if (rebuilds === null || evidencePaths === null) return null;
  return rebuildAccount({
    rebuilds,
    evidence: new EvidenceReader(...evidencePaths).more(),
    logs: workers.map(({ log }) => log),
    actions: operations.map(({ action }) => action),
    checksums: workers[0]?.checksums ?? [],
    trialTag: records.trialTag,
    population: records.population,
    history: records.scenario.workload.history ?? 0,
    isCompacted: records.target.log === 'compacted',
  });
}

/** Reads the evidence files. null: all can be read. */
function poisonIn(records: TrialRecords): PoisonResult | null {
  const { evidencePaths, workers, operations, clock, scenario, loadedUntilUs, drainMs, backlog } = records;
  const { unreadableRatio: share } = scenario.workload.service;
  if (evidencePaths === null || share === undefined) return null;
  return poisonAccount({
    logs: workers.map(({ log }) => log),
    share,
    isHandedOver: operations.map(({ pattern }) => isHandedOver(pattern)),
    evidence: new EvidenceReader(...evidencePaths).more(),
    offsetUs: (atUs) => clock.offsetUs(atUs),
    fromUs: clock.plannedWarmupUs,
    untilUs: Math.max(loadedUntilUs, clock.plannedWarmupUs),
    drainedUs: loadedUntilUs + drainMs * 1e3,
    pending: backlog?.atEnd ?? null,
    deadLetters: backlog?.deadLetters ?? null,
  });
}

function groupIn(records: TrialRecords): GroupResult | null {
  const { evidencePaths, workers, clock, target, loadedUntilUs, drainMs } = records;
  if (evidencePaths === null || (target.instances ?? 1) === 1 || (target.topics ?? 1) > 1) return null;
  const span = { fromUs: clock.plannedWarmupUs, untilUs: loadedUntilUs + drainMs * 1e3 };
  const logs = workers.map(({ log }) => log);
  return groupAccount(logs, new EvidenceReader(...evidencePaths).more(), (atUs) => clock.offsetUs(atUs), span);
}

function outputsIn({ outputs, workers, operations }: TrialRecords): OutputsResult | null {
  if (outputs === null || !outputs.isWhole) return null;
  const logs = workers.map(({ log }) => log);
  const isOwed = operations.map(({ pattern }) => isHandedOver(pattern));
  return outputsAccount(logs, isOwed, outputs);
}

/** `received`: by part, counted up on the way. */
function* countReceived(evidence: Iterable<EvidenceRecord>, received: number[]): Generator<EvidenceRecord> {
  for (const record of evidence) {
    if (record.kind === evidenceKinds.received) received[record.part] = (received[record.part] ?? 0) + 1;
    yield record;
  }
}

export function paymentsIn({
  evidencePaths,
  operations,
  workers,
  lastWords,
  held,
}: TrialRecords): PaymentsResult | null {
  const paying = operations.filter(({ action }) => action === referenceOperations.payOrder.action);
  if (evidencePaths === null || paying.length === 0) return null;
  const logs = workers.map(({ log }) => log);
  const indices = paying.map(({ index }) => index);
  const accountsCents = held?.chargedCents ?? chargedCentsOf(lastWords);
  const evidence = new EvidenceReader(...evidencePaths).more();
  return paymentsOf(logs, indices, evidence, accountsCents, held?.operations);
}

/**
 * A service says that it has put a message aside before its broker has it there: what is not there is lost. `counted`: in
 * a place of the trial's own; null: not known, or not asked.
 */
export function withDeadLetters(ledger: Ledger, counted: number | null): Ledger {
  if (counted === null || counted >= ledger.deadLettered) return ledger;
  return { ...ledger, deadLettered: counted, lost: ledger.lost + ledger.deadLettered - counted };
}

/** What still waits in the broker after the drain is not lost. `pending`: how much; null: not known. */
export function withPending(ledger: Ledger, pending: number | null): LedgerResult {
  if (pending === null) return ledger;
  const pendingInBroker = Math.min(pending, ledger.lost + ledger.acceptedOnlyGone);
  const ofLost = Math.min(pendingInBroker, ledger.lost);
  const acceptedOnlyGone = ledger.acceptedOnlyGone - (pendingInBroker - ofLost);
  return { ...ledger, lost: ledger.lost - ofLost, acceptedOnlyGone, pendingInBroker };
}

/** Nobody answers what is published: it counts as acknowledged once our own socket has taken it. */
function promisesNothing(target: Target): boolean {
  return ('acks' in target && target.acks === 0) || ('confirms' in target && !target.confirms);
}
