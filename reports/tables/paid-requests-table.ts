/** What a broker is asked that is paid by the request: sends, receives and deletes, and what that comes to for an order. */
import { knownSum } from '../../result/known-sum.ts';
import type { PaidRequests } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatCount } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';

/** null: no broker is. */
export function paidRequestsTable({ contenders }: ConditionGroup): Table | null {
  const rows = contenders.flatMap(({ label, counted, status }) => {
    const all = counted.flatMap(({ paidRequests }) => paidRequests ?? []);
    if (all.length === 0) return [];
    const sum = (key: keyof PaidRequests) => knownSum(all.map((one) => one[key]));
    const counts = (['sends', 'receives', 'deletes', 'returns'] as const).map((key) => countText(sum(key)));
    const perOperation = sum('perOperation');
    const each = perOperation === null ? '?' : (perOperation / all.length).toFixed(2);
    return [{ cells: [label, ...counts, each], status }];
  });
  if (rows.length === 0) return null;
  return {
    title: 'requests to SQS, which it is paid by; those of 64 KiB and more count several times there',
    spans: [],
    columns: [nameColumn('target'), ...figureColumns('sends', 'receives', 'deletes', 'given back', 'an order')],
    rows,
  };
}

function countText(value: number | null): string {
  return value === null ? '?' : formatCount(value);
}
