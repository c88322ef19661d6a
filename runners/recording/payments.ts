/** The payments of a trial: what was due, what the record of the service charged, and what its accounts say. */
import type { PaymentsResult } from '../../result/result-types.ts';
import { paymentCents } from '../../targets/domain/accounts.ts';
import { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import type { OperationId } from '../../targets/domain/operation-id.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';

/**
 * `paying`: indices of the operations that pay. `accountsCents`: see PaymentsResult. `held`: whose effects are in the state:
 * a service that was killed just after its commit put no more on record, and charged all the same.
 */
export function paymentsOf(
  logs: readonly OperationLogData[],
  paying: readonly number[],
  evidence: Iterable<EvidenceRecord>,
  accountsCents: number | null,
  held: Iterable<OperationId> = [],
): PaymentsResult {
  const byProducer = new Map(logs.map((log) => [log.producer, new LoggedOperations(log)]));
  const paid = new DistinctOperations();
  let charges = 0;
  const isPayment = ({ producer, sequence }: OperationId) => {
    const log = byProducer.get(producer);
    return log !== undefined && sequence < log.length && paying.includes(log.operation(sequence));
  };
  for (const record of evidence) {
    if (record.kind !== evidenceKinds.applied || !isPayment(record)) continue;
    charges++;
    paid.add(record);
  }
  for (const id of held) {
    if (paid.has(id) || !isPayment(id)) continue;
    charges++;
    paid.add(id);
  }
  return {
    payments: paid.count,
    dueCents: paid.count * paymentCents,
    chargedCents: charges * paymentCents,
    accountsCents,
  };
}
