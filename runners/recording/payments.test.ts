import { describe, expect, it } from 'vitest';
import { paymentCents } from '../../targets/domain/accounts.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { OperationLog } from './operation-log.ts';
import { paymentsOf } from './payments.ts';

const place = 0;
const pay = 1;

function logOf(operations: readonly number[], producer = 0) {
  const log = new OperationLog(producer, true);
  operations.forEach((operation, sequence) => {
    log.append(sequence, operation, 0, 0);
  });
  return log.toData();
}

function record(kind: keyof typeof evidenceKinds, sequence: number): EvidenceRecord {
  const rest = { atUs: 0, checksum: 0, keyHash: 0, redelivered: false, changed: true, part: 0, step: 0 };
  return { kind: evidenceKinds[kind], producer: 0, sequence, ...rest };
}

describe('paymentsOf', () => {
  it('charges each effect of a payment again, and nothing else', () => {
    const evidence = [
      record('received', 1),
      record('applied', 1),
      record('applied', 0), // an order
      record('received', 1),
      record('applied', 1), // the first payment again
      record('received', 2), // arrived, never done
      record('applied', 9), // nobody sent it
      record('applied', 3),
    ];
    expect(paymentsOf([logOf([place, pay, pay, pay])], [pay], evidence, null)).toEqual({
      payments: 2,
      dueCents: 2 * paymentCents,
      chargedCents: 3 * paymentCents,
      accountsCents: null,
    });
  });

  it('charges what the accounts hold without a record of it, once', () => {
    const held = [0, 1, 2].map((sequence) => ({ producer: 0, sequence }));
    const found = paymentsOf([logOf([place, pay, pay])], [pay], [record('applied', 1)], 2 * paymentCents, held);
    expect(found).toMatchObject({ payments: 2, chargedCents: 2 * paymentCents });
  });

  it('finds a producer by its number, whichever logs there are', () => {
    const logs = [logOf([place], 5), logOf([pay], 300)];
    const evidence = [
      { ...record('applied', 0), producer: 300 },
      { ...record('applied', 0), producer: 5 },
    ];
    expect(paymentsOf(logs, [pay], evidence, null)).toMatchObject({ payments: 1, chargedCents: paymentCents });
    expect(paymentsOf(logs.slice(1), [pay], evidence, null)).toMatchObject({ payments: 1, chargedCents: paymentCents });
  });
});
