/** Payments in money: a customer who pays twice sees it on the account, so the report shows it there. */
import type { PaymentsResult, TrialResult } from '../../result/result-types.ts';
import type { Contender } from '../figures/result-view.ts';
import { formatAmount, formatCount } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

/** null where nothing was paid. */
export function paymentsTable(trials: readonly TrialResult[]): Table | null {
  const rows = trials.flatMap(({ id, payments, verdict }): Row[] => {
    if (payments === undefined) return [];
    const { dueCents, chargedCents, accountsCents } = payments;
    const amounts = [dueCents, chargedCents, chargedCents - dueCents].map(formatAmount);
    const accounts = accountsCents === null ? 'not known' : formatAmount(accountsCents);
    return [{ cells: [id, formatCount(payments.payments), ...amounts, accounts], status: verdict.status }];
  });
  if (rows.length === 0) return null;
  return {
    title: 'payments: what customers were charged',
    spans: [],
    columns: [nameColumn('trial'), ...figureColumns('payments', 'due', 'charged', 'too much', 'on the accounts')],
    rows,
  };
}

/** One sentence a contender that charged more than was due, over all its trials. */
export function paymentFindings({ label, trials }: Contender): string[] {
  const known = trials.flatMap(({ payments }) => payments ?? []);
  const sum = (of: (payments: PaymentsResult) => number) => known.reduce((total, one) => total + of(one), 0);
  const dueCents = sum((payments) => payments.dueCents);
  const chargedCents = sum((payments) => payments.chargedCents);
  if (chargedCents <= dueCents) return [];
  return [`${label}: customers were charged ${formatAmount(chargedCents)} for payments of ${formatAmount(dueCents)}.`];
}
