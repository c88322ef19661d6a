/**
 * The account of every operation: what the load workers offered and saw acknowledged, against what the service put on
 * record as received and applied. Reconciled after the drain.
 */
import {
  type LaterTime,
  type Pattern,
  patterns,
  type Receivers,
  type rareTimes,
  timesOfService,
} from '../../result/patterns.ts';
import type { LedgerResult } from '../../result/result-types.ts';
import type { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { type EvidenceRecord, evidenceKinds, refusalCodes } from '../../targets/domain/evidence.ts';
import { KeyOrder } from './key-order.ts';
import { LedgerCases } from './ledger-examples.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';
import type { ProducerOrigin } from './producer-origin.ts';
import { ServedTimes } from './served-times.ts';

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
  /** By operation: a cache may have answered it, and then nobody else knows of it; left out: none has. */
  readonly mayBeCached?: readonly boolean[];
  /** By operation: false where its caller is to be refused; left out: nobody is asked who is calling. */
  readonly mayBeServed?: readonly boolean[] | null;
  /** In the order of time. */
  readonly evidence: Iterable<EvidenceRecord>;
  /** Where the load was made by several hosts: whose a producer is. Left out: all are of this host. */
  readonly originOf?: (producer: number) => ProducerOrigin | null;
  /** Whose effects are in the state of the services at the end; null, or left out: not known. */
  readonly held?: Pick<DistinctOperations, 'has'> | null;
}

export interface Ledger extends LedgerResult {
  readonly acknowledged: number;
  readonly received: number;
  readonly applied: number;
  readonly lost: number;
  readonly acceptedOnly: number;
  readonly acceptedOnlyGone: number;
  readonly deadLettered: number;
  readonly refusedUnheard: number;
  readonly unknown: number;
}

/** A later time of an operation: its intended start (monotonic µs) and how long after it that was. */
export type OnLaterTime = (time: LaterTime, operation: number, intendedUs: number, afterUs: number) => void;

/** How long the service had an operation that was done for the first time: its intended start (monotonic µs), and µs. */
export type OnServed = (operation: number, intendedUs: number, tookUs: number) => void;

/** The evidence that an operation has come so far. */
const evidenceOf: Readonly<Record<Exclude<LaterTime, (typeof rareTimes)[number]>, EvidenceRecord['kind']>> = {
  delivered: evidenceKinds.received,
  started: evidenceKinds.started,
  applied: evidenceKinds.applied,
};

/** Kinds that the account goes by. */
const counted: readonly EvidenceRecord['kind'][] = Object.values(evidenceOf);

/** How often an operation is received when all is well. */
const timesReceived: Readonly<Record<Receivers, number>> = { one: 1, subscribers: 1 };

/** One byte an operation, since there may be many millions: how often it was received and applied, and whether started. */
const mostReceived = 15;
const mostApplied = 7;

class ProducerAccount {
  readonly log: LoggedOperations;
  readonly #seen: Uint8Array;
  /** A bit each. */
  readonly #changed: Uint8Array;
  /** Where its last refusal left each (see refusalCodes), 0: none. Made at the first: most services refuse nothing so. */
  #refusals: Uint8Array | null = null;

  constructor(log: OperationLogData) {
    this.log = new LoggedOperations(log);
    this.#seen = new Uint8Array(log.length);
    this.#changed = new Uint8Array(Math.ceil(log.length / 8));
  }

  /** It took effect on the state, at least once. */
  changed(sequence: number): boolean {
    return ((this.#changed[sequence >>> 3] as number) & (1 << (sequence & 7))) !== 0;
  }

  change(sequence: number): void {
    this.#changed[sequence >>> 3] = (this.#changed[sequence >>> 3] as number) | (1 << (sequence & 7));
  }

  refuse(sequence: number, code: number): void {
    this.#refusals ??= new Uint8Array(this.log.length);
    this.#refusals[sequence] = code;
  }

  refusal(sequence: number): number {
    return this.#refusals?.[sequence] ?? 0;
  }

  /** Up to 15. */
  received(sequence: number): number {
    return (this.#seen[sequence] as number) & mostReceived;
  }

  /** Up to 7. */
  applied(sequence: number): number {
    return ((this.#seen[sequence] as number) >> 4) & mostApplied;
  }

  /** Returns how often it was by now, at most one more than can be counted. */
  receive(sequence: number): number {
    const before = this.received(sequence);
    if (before < mostReceived) this.#seen[sequence] = (this.#seen[sequence] as number) + 1;
    return before + 1;
  }

  apply(sequence: number): number {
    const before = this.applied(sequence);
    if (before < mostApplied) this.#seen[sequence] = (this.#seen[sequence] as number) + 0x10;
    return before + 1;
  }

  /** Whether it is the first time. */
  start(sequence: number): boolean {
    const before = this.#seen[sequence] as number;
    this.#seen[sequence] = before | 0x80;
    return before < 0x80;
  }
}

export function reconcileLedger(
  input: LedgerInput,
  onLaterTime: OnLaterTime,
  onServed: OnServed = () => undefined,
): { readonly ledger: Ledger; readonly cases: LedgerCases } {
  const accounts = input.logs.map((log) => new ProducerAccount(log));
  const byProducer = new Map(accounts.map((account) => [account.log.producer, account]));
  const usual = input.patterns.map((pattern) => timesReceived[patterns[pattern].receivers]);
  const later = input.patterns.map(timesOfService);
  const order = new KeyOrder(input.originOf);
  const cases = new LedgerCases();
  const served = new ServedTimes();
  let unknown = 0;
  let unaccounted = 0;
  let duplicatesReceived = 0;
  let duplicatesApplied = 0;
  let corrupted = 0;
  let reordered = 0;
  let orderUndecided = 0;

  const tellLater = ({ kind, atUs }: EvidenceRecord, operation: number, intendedUs: number) => {
    for (const time of later[operation] ?? []) {
      if (evidenceOf[time] === kind) onLaterTime(time, operation, intendedUs, atUs - intendedUs);
    }
  };

  for (const record of input.evidence) {
    const account = byProducer.get(record.producer);
    if (record.kind === evidenceKinds.refused && account !== undefined && record.sequence < account.log.length) {
      account.refuse(record.sequence, record.step);
    }
    if (!counted.includes(record.kind)) continue;
    if (account === undefined || record.sequence >= account.log.length) {
      if (account === undefined && input.originOf?.(record.producer)?.isLost === true) {
        if (record.kind === evidenceKinds.received) unaccounted++;
      } else if (record.kind !== evidenceKinds.started) unknown++; // it was received as well
      continue;
    }
    const { sequence } = record;
    const { log } = account;
    const operation = log.operation(sequence);
    if (record.kind === evidenceKinds.started) {
      if (account.start(sequence)) tellLater(record, operation, log.intendedUs(sequence));
    } else if (record.kind === evidenceKinds.received) {
      const times = account.receive(sequence);
      const most = usual[operation] ?? 1;
      if (times > most) {
        duplicatesReceived++;
        if (times === most + 1) cases.add('duplicatesReceived', log, sequence);
      } else if (times === 1) {
        served.received(record);
        tellLater(record, operation, log.intendedUs(sequence));
      }
      const expected = input.checksums[operation]?.[log.payload(sequence)];
      if (expected !== undefined && expected !== record.checksum) {
        corrupted++;
        cases.add('corrupted', log, sequence);
      }
    } else {
      const times = account.apply(sequence);
      if (record.changed && input.hasEffect[operation]) account.change(sequence);
      if (times > 1) {
        if (!input.hasEffect[operation]) continue;
        duplicatesApplied++;
        if (times === 2) cases.add('duplicatesApplied', log, sequence);
      } else {
        tellLater(record, operation, log.intendedUs(sequence));
        const tookUs = served.applied(record);
        if (tookUs !== null) onServed(operation, log.intendedUs(sequence), tookUs);
        const late = order.lateness(log, sequence);
        if (late === 'undecided') orderUndecided++;
        if (late !== 'late') continue;
        reordered++;
        cases.add('reordered', log, sequence);
      }
    }
  }
  const sums = totals(accounts, input, cases);
  const byHosts = input.originOf === undefined ? {} : { unaccounted, orderUndecided };
  const counts = { duplicatesReceived, duplicatesApplied, reordered, corrupted, unknown, ...byHosts };
  return { ledger: { ...sums, ...counts }, cases };
}

function totals(
  accounts: readonly ProducerAccount[],
  {
    acceptedOnly: onlyAccepted,
    held = null,
    mayBeServed = null,
    mayBeCached = [],
  }: Pick<LedgerInput, 'acceptedOnly' | 'held' | 'mayBeServed' | 'mayBeCached'>,
  cases: LedgerCases,
) {
  let acknowledged = 0;
  let received = 0;
  let applied = 0;
  let lost = 0;
  let unacknowledgedButApplied = 0;
  let acceptedOnly = 0;
  let acceptedOnlyGone = 0;
  let stateLost = 0;
  let deadLettered = 0;
  let refusedUnheard = 0;
  let admittedUnauthorised = 0;
  let answeredByCache = 0;
  for (const account of accounts) {
    const { producer } = account.log;
    for (let sequence = 0; sequence < account.log.length; sequence++) {
      const isAcknowledged = !Number.isNaN(account.log.acknowledgedAfterUs(sequence));
      const isHeld = held?.has({ producer, sequence }) ?? false;
      // A service that was killed just after its commit put no more on record: its state has it all the same.
      const isApplied = account.applied(sequence) > 0 || isHeld;
      if (account.received(sequence) > 0) received++;
      if (mayBeServed?.[account.log.operation(sequence)] === false && (account.received(sequence) > 0 || isApplied)) {
        admittedUnauthorised++;
        cases.add('admittedUnauthorised', account.log, sequence);
      }
      if (isApplied) applied++;
      if (isAcknowledged && !isApplied && mayBeCached[account.log.operation(sequence)] === true) {
        answeredByCache++;
        continue;
      }
      const isOnlyAccepted = isAcknowledged && onlyAccepted[account.log.operation(sequence)] === true;
      if (isOnlyAccepted) acceptedOnly++;
      else if (isAcknowledged) acknowledged++;
      const refusal = isAcknowledged && !isApplied ? account.refusal(sequence) : 0;
      if (refusal === refusalCodes.deadLettered) {
        deadLettered++;
        cases.add('deadLettered', account.log, sequence);
        continue;
      }
      if (refusal === refusalCodes.dropped) {
        refusedUnheard++;
        cases.add('refusedUnheard', account.log, sequence);
        continue;
      }
      if (isOnlyAccepted) {
        if (isApplied) continue;
        acceptedOnlyGone++;
        cases.add('acceptedOnlyGone', account.log, sequence);
        continue;
      }
      if (isAcknowledged && held !== null && !isHeld && account.changed(sequence)) {
        stateLost++;
        cases.add('stateLost', account.log, sequence);
      }
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
  return {
    ...{ acknowledged, received, applied, lost, unacknowledgedButApplied, acceptedOnly, acceptedOnlyGone },
    ...{ deadLettered, refusedUnheard },
    ...(mayBeServed !== null && { admittedUnauthorised }),
    ...(mayBeCached.includes(true) && { answeredByCache }),
    stateLost: held === null ? null : stateLost,
  };
}
