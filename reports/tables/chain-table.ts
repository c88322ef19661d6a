/** How many chains met a slow service: what was measured, beside what independent draws come to. */
import type { ChainResult } from '../../result/result-types.ts';
import { shareInterval } from '../../result/statistics/share-interval.ts';
import { type ConditionGroup, type Contender, operationsOf } from '../figures/result-view.ts';
import { spreadOf, spreadText } from '../figures/spread.ts';
import { formatCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

export interface ChainFigures extends ChainResult {
  readonly contender: Contender;
  /** 95 %, of `slow` among `answered`; null: none was answered. */
  readonly interval: readonly [number, number] | null;
}

/** Over all repeats that count, in the order of the group; those without an account of chains are left out. */
export function chainFigures({ contenders }: Pick<ConditionGroup, 'contenders'>): ChainFigures[] {
  return contenders.flatMap((contender) => {
    const chains = contender.counted.flatMap(({ chain }) => chain ?? []);
    const [first] = chains;
    if (first === undefined) return [];
    const sum = (of: 'answered' | 'slow' | 'drawn') => chains.reduce((total, chain) => total + chain[of], 0);
    const counts = { answered: sum('answered'), slow: sum('slow'), drawn: sum('drawn') };
    const interval = counts.answered === 0 ? null : shareInterval(counts.slow, counts.answered);
    return [{ ...first, ...counts, contender, interval }];
  });
}

/** null: no chain has services that are slow for a share. */
export function chainTable(group: ConditionGroup): Table | null {
  const figures = chainFigures(group);
  const [first] = figures;
  const operation = operationsOf(group)[0]?.name;
  const phase = group.phases[0];
  if (first === undefined || operation === undefined || phase === undefined) return null;
  const rows = figures.map(({ contender, services, expectedShare, slow, drawn, answered, interval }): Row => {
    const ms = (percentile: 'p50' | 'p90' | 'p99') =>
      spreadText(spreadOf(contender, { operation, phase, latency: 'offered', percentile }));
    const measured = interval === null ? '–' : `${percent(slow / answered)} (${rangeText(interval)})`;
    return {
      cells: [
        contender.label,
        formatCount(services),
        percent(expectedShare),
        measured,
        `${formatCount(slow)} of ${formatCount(answered)}`,
        formatCount(drawn),
        ...[ms('p50'), ms('p90'), ms('p99')],
      ],
      status: contender.status,
    };
  });
  const each = `each service slow for ${percent(first.slowShare)}`;
  return {
    title: `chains with a slow service (${formatUs(first.slowMs * 1e3)} and more; ${each}): expected 1−(1−p)^N, measured with 95 %; latencies in ms`,
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns('services', 'expected', 'measured', 'chains', 'drawn', 'p50', 'p90', 'p99'),
    ],
    rows,
  };
}

/** `7.7 %`, `0.97 %`: as exact as shares near one are worth. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value < 0.995 ? value.toFixed(2) : value.toFixed(1)} %`;
}

/** `6.2–9.3 %`. */
export function rangeText([low, high]: readonly [number, number]): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)} %`;
}
