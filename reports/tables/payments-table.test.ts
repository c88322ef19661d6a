import { describe, expect, it } from 'vitest';
import type { PaymentsResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { paymentFindings, paymentsTable } from './payments-table.ts';

const [trial] = fixtureResult().trials as [TrialResult, ...TrialResult[]];
const once: PaymentsResult = { payments: 271, dueCents: 271_000, chargedCents: 271_000, accountsCents: 271_000 };
const twice: PaymentsResult = { payments: 271, dueCents: 271_000, chargedCents: 324_005, accountsCents: null };

describe('payments in a report', () => {
  it('have no table where nothing was paid', () => {
    expect(paymentsTable([trial])).toBeNull();
  });

  it('show what was due, what was charged, and the difference', () => {
    const rows = paymentsTable([{ ...trial, payments: once }, trial, { ...trial, payments: twice }])?.rows;
    expect(rows?.map(({ cells }) => cells.slice(1))).toEqual([
      ['271', '2,710.00', '2,710.00', '0.00', '2,710.00'],
      ['271', '2,710.00', '3,240.05', '530.05', 'not known'],
    ]);
  });

  it('are a finding where customers were charged too much, over all repeats', () => {
    const contender = (...payments: PaymentsResult[]) => ({
      label: 'rest',
      target: 'rest',
      status: 'valid' as const,
      trials: payments.map((one) => ({ ...trial, payments: one })),
      counted: [],
    });
    expect(paymentFindings(contender(once, once))).toEqual([]);
    expect(paymentFindings(contender(once, twice))).toEqual([
      'rest: customers were charged 5,950.05 for payments of 5,420.00.',
    ]);
  });
});
