/** What subscribers had of what was published: the account, what it cost, and what slow listeners did to the others. */
import { knownSum } from '../../result/known-sum.ts';
import type { DeliveriesResult, LatencySummary, ListenerGroup } from '../../result/result-types.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { formatBytes, formatCount, formatDuration, formatKnownCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

export function hasDeliveries({ trials }: Contender): boolean {
  return trials.some(({ deliveries }) => deliveries !== undefined);
}

/** Over all repeats, as the ledger counts; times and costs are of those that count. null: not known of one of them. */
export function deliverySum({ trials }: Contender, of: (deliveries: DeliveriesResult) => number | null): number | null {
  return knownSum(trials.map(({ deliveries }) => (deliveries === undefined ? null : of(deliveries))));
}

/** None where nothing is published. */
export function deliveryTables({ contenders }: ConditionGroup): Table[] {
  const shown = contenders.filter(hasDeliveries);
  if (shown.length === 0) return [];
  const slow = shown.filter(({ trials }) => trials.some(({ deliveries }) => deliveries?.slow !== undefined));
  return [accountTable(shown), costOfDeliveries(shown), ...(slow.length > 0 ? [slowTable(slow)] : [])];
}

export function gapsOf({ gaps }: DeliveriesResult): number {
  return gaps.count + gaps.neverBack;
}

function accountTable(contenders: readonly Contender[]): Table {
  const counts = ['publications', 'pairs', 'missed', 'missedInGaps', 'twice', 'outOfOrder'] as const;
  const rows = contenders.map((contender): Row => {
    const sum = (of: (deliveries: DeliveriesResult) => number | null) => formatKnownCount(deliverySum(contender, of));
    return {
      cells: [
        contender.label,
        ...counts.map((key) => sum((deliveries) => deliveries[key])),
        sum(gapsOf),
        worst(contender, ({ gaps }) => gaps.longestUs, formatUs),
      ],
      status: contender.status,
    };
  });
  return {
    title: 'deliveries to subscribers · in gaps: published while one had lost its subscription',
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns('published', 'owed', 'missed', 'in gaps', 'twice', 'out of order', 'gaps', 'longest'),
    ],
    rows,
  };
}

function costOfDeliveries(contenders: readonly Contender[]): Table {
  const rows = contenders.map((contender): Row => {
    const us = (of: (deliveries: DeliveriesResult) => number | null) => mean(contender, of, formatUs);
    return {
      cells: [
        contender.label,
        ...(['service', 'broker', 'proxy', 'subscribers'] as const).map((part) =>
          us(({ cpuUsPerDelivery }) => cpuUsPerDelivery[part]),
        ),
        mean(contender, ({ bytesPerDelivery }) => bytesPerDelivery, formatBytes),
        us(({ handling }) => handling.firstP50Us),
        us(({ handling }) => handling.lastP50Us),
        us(({ canary }) => canary?.p50Us ?? null),
      ],
      status: contender.status,
    };
  });
  return {
    title: 'cost of a delivery · first and last: p50 of the first and the last to have it in one process',
    spans: [
      { text: '', columns: 1 },
      { text: 'CPU a delivery', columns: 4 },
      { text: '', columns: 1 },
      { text: 'handled', columns: 2 },
      { text: '', columns: 1 },
    ],
    columns: [
      nameColumn('target'),
      ...figureColumns('service', 'broker', 'proxy', 'subscribers', 'bytes', 'first', 'last', 'read late'),
    ],
    rows,
  };
}

/** Of the time in which they were slow. */
function slowTable(contenders: readonly Contender[]): Table {
  const rows = contenders.map((contender): Row => {
    const group = (of: (deliveries: DeliveriesResult) => ListenerGroup | undefined) => {
      const at = (name: 'p50' | 'p99') => mean(contender, (one) => figureOf(of(one)?.deliveredUs, name), formatUs);
      return [at('p50'), at('p99'), formatKnownCount(deliverySum(contender, (one) => of(one)?.missed ?? null))];
    };
    const overflow = (key: 'dropped' | 'disconnected') =>
      formatKnownCount(deliverySum(contender, ({ overflow: done }) => done?.[key] ?? null));
    return {
      cells: [
        contender.label,
        ...group(({ others }) => others),
        ...group(({ slow }) => slow),
        overflow('dropped'),
        overflow('disconnected'),
        worst(contender, ({ overflow: done }) => done?.blockedMs ?? null, formatDuration),
      ],
      status: contender.status,
    };
  });
  return {
    title: 'while some read nothing: what the others had, and what the service did about it',
    spans: [
      { text: '', columns: 1 },
      { text: 'all others', columns: 3 },
      { text: 'the slow ones', columns: 3 },
      { text: 'the service', columns: 3 },
    ],
    columns: [
      nameColumn('target'),
      ...figureColumns('p50', 'p99', 'missed', 'p50', 'p99', 'missed', 'dropped', 'cut off', 'held up'),
    ],
    rows,
  };
}

function figureOf(summary: LatencySummary | undefined, name: 'p50' | 'p99'): number | null {
  return summary?.[name] ?? null;
}

function known({ counted }: Contender, of: (deliveries: DeliveriesResult) => number | null): number[] {
  return counted.flatMap(({ deliveries }) => (deliveries === undefined ? [] : (of(deliveries) ?? [])));
}

function mean(
  contender: Contender,
  of: (deliveries: DeliveriesResult) => number | null,
  format: (value: number) => string,
): string {
  const all = known(contender, of);
  return all.length === 0 ? '–' : format(all.reduce((sum, one) => sum + one, 0) / all.length);
}

function worst(
  contender: Contender,
  of: (deliveries: DeliveriesResult) => number | null,
  format: (value: number) => string,
): string {
  const all = known(contender, of);
  return all.length === 0 ? '–' : format(Math.max(...all));
}

/** For sentences: `0.3 %`. */
export function missedText(contender: Contender): string {
  const [missed, pairs] = [deliverySum(contender, (one) => one.missed), deliverySum(contender, (one) => one.pairs)];
  return missed === null || pairs === null ? 'not known' : `${formatCount(missed)} of ${formatCount(pairs)}`;
}
