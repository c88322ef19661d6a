/** Deliveries on one page: when the last subscriber has what is published, and what was missed under each condition. */
import { isPublished } from '../../result/patterns.ts';
import { type ConditionGroup, type Contender, figureOf, operationsOf } from '../figures/result-view.ts';
import { formatKnownCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';
import { deliverySum, gapsOf, hasDeliveries } from './delivery-tables.ts';
import { worstOf } from './overview-tables.ts';

/**
 * For the first screen, of all conditions: when the last subscriber has what is published, under the first of them; and what
 * was missed under each, or all of the account where there is but one. null: nothing is published.
 */
export function deliveryAccount(groups: readonly ConditionGroup[]): Table | null {
  const published = groups.filter(({ contenders }) => contenders.some(hasDeliveries));
  const [first] = published;
  if (first === undefined) return null;
  const names = [...new Set(published.flatMap(({ contenders }) => contenders.filter(hasDeliveries)).map(labelOf))];
  const several = published.length > 1;
  const rows = names.map((name): Row => {
    const all = published.flatMap(({ contenders }) => contenders.filter(({ label }) => label === name));
    return {
      cells: [name, ...(['p50', 'p99'] as const).map((at) => toAllText(first, name, at))].concat(
        several ? published.map((group) => missedIn(group, name)) : all.flatMap(restOfAccount),
      ),
      status: worstOf(all),
    };
  });
  const heads = several
    ? published.map(({ condition }) => condition)
    : ['owed', 'missed', 'twice', 'out of order', 'gaps'];
  return {
    title: `deliveries to subscribers: when the last one has it${several ? ` under ${first.condition}, and how many were missed` : ''}`,
    spans: several
      ? [
          { text: '', columns: 1 },
          { text: 'had by all', columns: 2 },
          { text: 'missed under', columns: heads.length },
        ]
      : [],
    columns: [nameColumn('target'), ...figureColumns('p50', 'p99', ...heads)],
    rows,
  };
}

function labelOf({ label }: Contender): string {
  return label;
}

/** The middle of the repeats, in the first measured phase. */
function toAllText(group: ConditionGroup, label: string, at: 'p50' | 'p99'): string {
  const trials = group.contenders.find((one) => one.label === label)?.counted ?? [];
  const operation = operationsOf(group).find(({ pattern }) => isPublished(pattern));
  const [phase] = group.phases;
  if (operation === undefined || phase === undefined) return '–';
  const { us, text } = figureOf(trials, phase, operation.name, 'deliveredToAll', at);
  return us === null ? text.replace(/ \(.*/, '') : formatUs(us);
}

function missedIn({ contenders }: ConditionGroup, label: string): string {
  const contender = contenders.find((one) => one.label === label);
  return contender === undefined ? '–' : formatKnownCount(deliverySum(contender, ({ missed }) => missed));
}

function restOfAccount(contender: Contender): string[] {
  const counts = [
    ...(['pairs', 'missed', 'twice', 'outOfOrder'] as const).map((key) =>
      deliverySum(contender, (deliveries) => deliveries[key]),
    ),
    deliverySum(contender, gapsOf),
  ];
  return counts.map(formatKnownCount);
}
