/**
 * The account of every operation: what the load workers offered and saw acknowledged, against what the service put on
 * record as received and applied. Reconciled after the drain.
 */
import { type LaterTime, type Pattern, patterns, type Receivers } from '../../result/patterns.ts';
import type { LedgerResult } from '../../result/result-types.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { LedgerCases } from './ledger-examples.ts';
import type { OperationLogData } from './operation-log.ts';

export interface LedgerInput {
  /** Each says whose it is; a producer whose log is missing leaves evidence that is `unknown`. */
  readonly logs: readonly OperationLogData[];
  /** checksums[operation][payload] as the load workers sent them; empty where an operation has no payload. */
  readonly checksums: readonly (readonly number[])[];
  readonly patterns: readonly Pattern[];
  /** By operation: done twice, it has an effect twice. What only reads has none, and a repeated read is no duplicate. */
  readonly hasEffect: readonly boolean[];
  /** By operation: what counts as acknowledged was only handed to our own socket. */
  readonly acceptedOnly: readonly boolean[];
  /** In the order of time. */
  readonly evidence: Iterable<EvidenceRecord>;
}

export interface Ledger extends LedgerResult {
  readonly acknowledged: number;
  readonly received: number;
  readonly applied: number;
  readonly lost: number;
  readonly acceptedOnly: number;
  readonly acceptedOnlyGone: number;
  readonly unknown: number;
}

/** A later time of an operation: its intended start (monotonic µs) and how long after it that was. */
export type OnLaterTime = (time: LaterTime, operation: number, intendedUs: number, afterUs: number) => void;

/** The evidence that an operation has come so far. */
const evidenceOf: Readonly<Record<LaterTime, EvidenceRecord['kind']>> = {
  delivered: evidenceKinds.received,
  started: evidenceKinds.started,
  applied: evidenceKinds.applied,
};

/** Kinds that the account goes by. */
const counted: readonly EvidenceRecord['kind'][] = Object.values(evidenceOf);

/** How often an operation is received when all is well. */
const timesReceived: Readonly<Record<Receivers, number>> = { one: 1 };

class ProducerAccount {
  readonly log: OperationLogData;
  readonly received: Uint16Array;
  readonly applied: Uint16Array;
  readonly started: Uint8Array;

  constructor(log: OperationLogData) {
    this.log = log;
    this.received = new Uint16Array(log.length);
    this.applied = new Uint16Array(log.length);
    this.started = new Uint8Array(log.length);
  }
}

export function reconcileLedger(
  input: LedgerInput,
  onLaterTime: OnLaterTime,
): { readonly ledger: Ledger; readonly cases: LedgerCases } {
  const accounts = input.logs.map((log) => new ProducerAccount(log));
  const byProducer = new Map(accounts.map((account) => [account.log.producer, account]));
  const usual = input.patterns.map((pattern) => timesReceived[patterns[pattern].receivers]);
  const later = input.patterns.map((pattern) => patterns[pattern].later);
  const order = new KeyOrder();
  const cases = new LedgerCases();
  let unknown = 0;
  let duplicatesReceived = 0;
  let duplicatesApplied = 0;
  let corrupted = 0;
  let reordered = 0;

  const tellLater = ({ kind, atUs }: EvidenceRecord, operation: number, intendedUs: number) => {
    for (const time of later[operation] ?? []) {
      if (evidenceOf[time] === kind) onLaterTime(time, operation, intendedUs, atUs - intendedUs);
    }
  };

  for (const record of input.evidence) {
    if (!counted.includes(record.kind)) continue;
    const account = byProducer.get(record.producer);
    if (account === undefined || record.sequence >= account.log.length) {
      if (record.kind !== evidenceKinds.started) unknown++; // it was received as well
      continue;
    }
    const { sequence } = record;
    const { log, received, applied, started } = account;
    const operation = log.operation[sequence] as number;
    if (record.kind === evidenceKinds.started) {
      if (started[sequence] === 0) tellLater(record, operation, log.intendedUs[sequence] as number);
      started[sequence] = 1;
    } else if (record.kind === evidenceKinds.received) {
      const times = increment(received, sequence);
      const most = usual[operation] ?? 1;
      if (times > most) {
        duplicatesReceived++;
        if (times === most + 1) cases.add('duplicatesReceived', log, sequence);
      } else if (times === 1) tellLater(record, operation, log.intendedUs[sequence] as number);
      const expected = input.checksums[operation]?.[log.payload[sequence] as number];
      if (expected !== undefined && expected !== record.checksum) {
        corrupted++;
        cases.add('corrupted', log, sequence);
      }
    } else {
      const times = increment(applied, sequence);
      if (times > 1) {
        if (!input.hasEffect[operation]) continue;
        duplicatesApplied++;
        if (times === 2) cases.add('duplicatesApplied', log, sequence);
      } else {
        tellLater(record, operation, log.intendedUs[sequence] as number);
        if (!order.isLate(log, sequence)) continue;
        reordered++;
        cases.add('reordered', log, sequence);
      }
    }
  }
  const sums = totals(accounts, input.acceptedOnly, cases);
  return { ledger: { ...sums, duplicatesReceived, duplicatesApplied, reordered, corrupted, unknown }, cases };
}

function totals(accounts: readonly ProducerAccount[], onlyAccepted: readonly boolean[], cases: LedgerCases) {
  let acknowledged = 0;
  let received = 0;
  let applied = 0;
  let lost = 0;
  let unacknowledgedButApplied = 0;
  let acceptedOnly = 0;
  let acceptedOnlyGone = 0;
  for (const account of accounts) {
    for (let sequence = 0; sequence < account.log.length; sequence++) {
      const isAcknowledged = !Number.isNaN(account.log.acknowledgedAfterUs[sequence]);
      const isApplied = (account.applied[sequence] as number) > 0;
      if ((account.received[sequence] as number) > 0) received++;
      if (isApplied) applied++;
      if (isAcknowledged && onlyAccepted[account.log.operation[sequence] as number]) {
        acceptedOnly++;
        if (isApplied) continue;
        acceptedOnlyGone++;
        cases.add('acceptedOnlyGone', account.log, sequence);
        continue;
      }
      if (isAcknowledged) acknowledged++;
      if (isAcknowledged && !isApplied) {
        lost++;
        cases.add('lost', account.log, sequence);
      }
      if (!isAcknowledged && isApplied) {
        unacknowledgedButApplied++;
        cases.add('unacknowledgedButApplied', account.log, sequence);
      }
    }
  }
  return { acknowledged, received, applied, lost, unacknowledgedButApplied, acceptedOnly, acceptedOnlyGone };
}

function increment(counts: Uint16Array, sequence: number): number {
  const count = Math.min(0xffff, (counts[sequence] as number) + 1);
  counts[sequence] = count;
  return count;
}

/**
 * Late: applied after a later operation of the same key whose send began only after this one was acknowledged.
 * Operations in flight together may be applied either way round.
 */
class KeyOrder {
  /** Key → latest start of sending among the operations applied so far, monotonic µs. */
  readonly #latestSentUs = new Map<number, number>();

  isLate(log: OperationLogData, sequence: number): boolean {
    const key = log.key[sequence] as number;
    const intendedUs = log.intendedUs[sequence] as number;
    const sentUs = intendedUs + (log.sentAfterUs[sequence] as number);
    const acknowledgedUs = intendedUs + (log.acknowledgedAfterUs[sequence] as number);
    const latestUs = this.#latestSentUs.get(key) ?? Number.NEGATIVE_INFINITY;
    if (sentUs > latestUs) this.#latestSentUs.set(key, sentUs);
    return latestUs > acknowledgedUs; // false when either is not known
  }
}
