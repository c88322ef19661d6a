/** How a service has folded its state anew, against what the evidence says it must be. Pure but for what it is given to read. */
import { LatencyCounts } from '../../result/latency-counts.ts';
import { summariseLatency } from '../../result/latency-summary.ts';
import type { RebuildResult } from '../../result/result-types.ts';
import { isCreation, operationOf } from '../../scenarios/operations.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import type { RebuildReport } from '../../targets/domain/rebuild-report.ts';
import type { Population } from '../../targets/domain/service-options.ts';
import { type ChangeOfClient, ExpectedState } from './expected-state.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';

/** A life of a service that began with a log. */
export interface Rebuild extends RebuildReport {
  /** It took requests again, monotonic µs. */
  readonly servingUs: number;
}

export interface RebuildInput {
  readonly rebuilds: readonly Rebuild[];
  readonly evidence: Iterable<EvidenceRecord>;
  readonly logs: readonly OperationLogData[];
  /** By operation; null: of nobody. */
  readonly actions: readonly (string | null)[];
  /** checksums[operation][payload], as the load workers sent them. */
  readonly checksums: readonly (readonly number[])[];
  readonly trialTag: string;
  readonly population: Population;
  readonly history: number;
  /** The log keeps the last event of each key alone. */
  readonly isCompacted: boolean;
}

/** On its way to the log, in the order of leaving. */
interface Leaving {
  readonly change: ChangeOfClient;
  readonly batch: number;
  isApplied: boolean;
}

export function rebuildAccount(input: RebuildInput): RebuildResult[] {
  if (input.rebuilds.length === 0) return [];
  const logs = new Map(input.logs.map((data) => [data.producer, new LoggedOperations(data)]));
  const expected = expectations(input, logs);
  return input.rebuilds.map((rebuild, n) => {
    const { startedUs, readFromUs, readyUs, caughtUpUs, read, events, snapshotOf, digest } = rebuild;
    const { refusedReads, refusedChanges, failure } = rebuild;
    const readUs = readyUs === null ? null : readyUs - readFromUs;
    const { state, undecided } = expected[n] ?? { state: null, undecided: 0 };
    return {
      readyAfterUs: readyUs === null ? null : Math.round(readyUs - startedUs),
      readUs: readUs === null ? null : Math.round(readUs),
      caughtUpUs: readyUs === null || caughtUpUs === null ? null : Math.round(caughtUpUs - readyUs),
      read,
      readPerSecond: readUs === null || readUs <= 0 || read === 0 ? null : read / (readUs / 1e6),
      ...{ isCompacted: input.isCompacted, events, snapshotOf, refusedReads, refusedChanges },
      live: liveOf(rebuild, input, logs),
      digest,
      expected: state,
      undecided,
      isSame: digest === null || state === null ? null : digest === state.digest,
      failure,
    };
  });
}

interface Expectation {
  readonly state: RebuildResult['expected'];
  readonly undecided: number;
}

/** One a rebuild. */
function expectations(input: RebuildInput, logs: ReadonlyMap<number, LoggedOperations>): Expectation[] {
  const state = new ExpectedState(input.trialTag, input.population, input.history);
  const found: Expectation[] = [];
  let leaving: Leaving[] = [];
  /** What came of one that failed nobody knows, nor what came after it. */
  let isKnown = true;

  const arrive = (arrived: readonly Leaving[]) => {
    for (const { change } of arrived) state.apply(change);
    leaving = [];
  };
  const rebuilt = ({ events, failure }: Rebuild) => {
    isKnown &&= failure === null;
    const sure = leaving.findLastIndex(({ isApplied }) => isApplied) + 1;
    const arrived = Math.min(Math.max(events - state.events, sure), leaving.length);
    arrive(leaving.slice(0, arrived));
    const known = isKnown ? { events: state.events, digest: state.digest() } : null;
    found.push({ state: known, undecided: arrived - sure });
  };

  const due = [...input.rebuilds];
  for (const record of input.evidence) {
    while (due[0] !== undefined && due[0].startedUs <= record.atUs) rebuilt(due.shift() as Rebuild);
    if (record.kind === evidenceKinds.logged) {
      // The batch before is over: what of it was not applied is not there.
      if (leaving[0] !== undefined && leaving[0].batch !== record.step) arrive(leaving.filter((one) => one.isApplied));
      const change = changeOf(record, input, logs);
      if (change === null) isKnown = false;
      else leaving.push({ change, batch: record.step, isApplied: false });
    } else if (record.kind === evidenceKinds.applied && record.changed) {
      const one = leaving.find(({ change, isApplied }) => !isApplied && isOf(change, record));
      if (one !== undefined) one.isApplied = true;
    }
  }
  for (const rebuild of due) rebuilt(rebuild);
  return found;
}

function isOf(change: ChangeOfClient, { producer, sequence }: EvidenceRecord): boolean {
  return change.sequence === sequence && change.producer === producer;
}

/** null: its client's records are gone. */
function changeOf(
  { producer, sequence, keyHash, checksum }: EvidenceRecord,
  { actions, checksums }: RebuildInput,
  logs: ReadonlyMap<number, LoggedOperations>,
): ChangeOfClient | null {
  const log = logs.get(producer);
  if (log === undefined || sequence >= log.length) return null;
  const operation = log.operation(sequence);
  const payloadHash = checksums[operation]?.[log.payload(sequence)] ?? checksum;
  return { action: actions[operation] ?? '', producer, sequence, key: log.key(sequence), keyHash, payloadHash };
}

/** It served again, and what makes something new need not wait for its state. */
function liveOf(
  { servingUs, readyUs }: Rebuild,
  { actions }: RebuildInput,
  logs: ReadonlyMap<number, LoggedOperations>,
): RebuildResult['live'] {
  const untilUs = readyUs ?? Number.POSITIVE_INFINITY;
  const makes = actions.map((action) => {
    const operation = action === null ? null : operationOf(action);
    return operation !== null && isCreation(operation);
  });
  const counts = new LatencyCounts();
  let offered = 0;
  for (const log of logs.values()) {
    for (let sequence = 0; sequence < log.length; sequence++) {
      const intendedUs = log.intendedUs(sequence);
      if (intendedUs < servingUs || intendedUs >= untilUs || makes[log.operation(sequence)] !== true) continue;
      offered++;
      const afterUs = log.acknowledgedAfterUs(sequence);
      if (!Number.isNaN(afterUs)) counts.record(afterUs);
    }
  }
  return summariseLatency(counts, offered);
}
