/** The account of flows of the user's own system: what its entry acknowledged, against the events that settle. Pure. */
import { placedWord } from '../../result/flow-steps.ts';
import type { EvidenceRecord } from '../../targets/domain/evidence.ts';
import { FlowCases } from './flow-cases.ts';
import type { OnSettled } from './flow-ledger.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';

export interface ObservedFlowsInput {
  readonly logs: readonly OperationLogData[];
  /** Indices of the operations that are flows. */
  readonly flows: readonly number[];
  /** Events with ids of this trial, in the order of time. */
  readonly events: Iterable<Pick<EvidenceRecord, 'producer' | 'sequence' | 'atUs'>>;
  readonly withinUs: number;
}

export interface ObservedFlowsAccount {
  readonly acknowledged: number;
  /** Of these, those whose event came; the others are `open`. */
  readonly settled: number;
  readonly late: number;
  readonly open: number;
  /** An event came, and the client was told nothing. */
  readonly unacknowledged: number;
  /** Events beyond the first of a flow. */
  readonly twice: number;
  /** Events of operations that were never sent, or are no flows. */
  readonly foreign: number;
  /** Of open ones. */
  readonly cases: FlowCases;
}

export interface OnObserved {
  /** Of each flow whose event came. */
  readonly settled: OnSettled;
  /** Of those that were acknowledged. */
  readonly open: (intendedUs: number) => void;
}

export function accountObserved(input: ObservedFlowsInput, on: OnObserved): ObservedFlowsAccount {
  const { logs, flows, events, withinUs } = input;
  const counts = { acknowledged: 0, settled: 0, late: 0, open: 0, unacknowledged: 0, twice: 0, foreign: 0 };
  const all = logs.map((data) => ({ log: new LoggedOperations(data), firstUs: new Float64Array(data.length) }));
  const byProducer = new Map(all.map((one) => [one.log.producer, one]));
  for (const { producer, sequence, atUs } of events) {
    const known = byProducer.get(producer);
    if (known === undefined || sequence >= known.log.length || !flows.includes(known.log.operation(sequence))) {
      counts.foreign++;
    } else if (known.firstUs[sequence] === 0) known.firstUs[sequence] = atUs;
    else counts.twice++;
  }
  const cases = new FlowCases();
  for (const { log, firstUs } of all) {
    for (let sequence = 0; sequence < log.length; sequence++) {
      const operation = log.operation(sequence);
      if (!flows.includes(operation)) continue;
      const isAcknowledged = !Number.isNaN(log.acknowledgedAfterUs(sequence));
      const intendedUs = log.intendedUs(sequence);
      const atUs = firstUs[sequence] as number;
      if (isAcknowledged) counts.acknowledged++;
      if (atUs === 0) {
        if (!isAcknowledged) continue;
        counts.open++;
        on.open(intendedUs);
        cases.add('open', { log, sequence, last: placedWord });
        continue;
      }
      on.settled(operation, intendedUs, atUs - intendedUs, isAcknowledged);
      if (!isAcknowledged) counts.unacknowledged++;
      else {
        counts.settled++;
        if (atUs - intendedUs > withinUs) counts.late++;
      }
    }
  }
  return { ...counts, cases };
}
