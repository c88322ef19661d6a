/** The payments of a trial: what was due, what the record of the service charged, and what its accounts say. */
import type { PaymentsResult } from '../../result/result-types.ts';
import { paymentCents } from '../../targets/domain/accounts.ts';
import { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';

/** `paying`: indices of the operations that pay. `accountsCents`: see PaymentsResult. */
export function paymentsOf(
  logs: readonly OperationLogData[],
  paying: readonly number[],
  evidence: Iterable<EvidenceRecord>,
  accountsCents: number | null,
): PaymentsResult {
  const byProducer = new Map(logs.map((log) => [log.producer, new LoggedOperations(log)]));
  const paid = new DistinctOperations();
  let charges = 0;
  for (const record of evidence) {
    if (record.kind !== evidenceKinds.applied) continue;
    const log = byProducer.get(record.producer);
    if (log === undefined || record.sequence >= log.length) continue;
    if (!paying.includes(log.operation(record.sequence))) continue;
    charges++;
    paid.add(record);
  }
  return {
    payments: paid.count,
    dueCents: paid.count * paymentCents,
    chargedCents: charges * paymentCents,
    accountsCents,
  };
}
