/** A consumer group while members come and go: how long partitions stood still, and what was done again. */
import { knownSum } from '../../result/known-sum.ts';
import { type GroupResult, phaseNames, type TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { formatCount, formatKnownCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';

/** null where no group has several members. */
export function groupTable({ contenders }: ConditionGroup): Table | null {
  const shown = contenders.filter(({ trials }) => trials.some(({ group }) => group !== undefined));
  if (shown.length === 0) return null;
  return {
    title: 'the consumer group: how long a partition stood still, and what was done again',
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns('longest silence', 'least disturbed', 'moves', 'still waiting', 'done twice', 'delivered p99'),
    ],
    rows: shown.map((contender) => ({ cells: [contender.label, ...cellsOf(contender)], status: contender.status })),
  };
}

/** Of the phase in which it was highest. */
function deliveredP99Us({ phases }: TrialResult): number[] {
  const measured = phaseNames.filter((name) => name !== 'warmup' && name !== 'drain');
  const operations = measured.flatMap((name) => Object.values(phases[name]?.operations ?? {}));
  const all = operations.flatMap(({ latencyUs }) => latencyUs.delivered?.p99 ?? []);
  return all.length === 0 ? [] : [Math.max(...all)];
}

/** Times are of the worst repeat that counts, counts over all. */
function cellsOf({ trials, counted }: Contender): string[] {
  const groups = trials.flatMap(({ group }) => group ?? []);
  const timed = counted.flatMap(({ group }) => group ?? []);
  const worst = (of: (group: GroupResult) => number) =>
    timed.length === 0 ? '–' : formatUs(Math.max(...timed.map(of)));
  const delivered = counted.flatMap(deliveredP99Us);
  return [
    worst(({ longestSilenceUs }) => longestSilenceUs),
    worst(({ shortestSilenceUs }) => shortestSilenceUs),
    formatCount(groups.reduce((sum, { moves }) => sum + moves, 0)),
    formatCount(groups.reduce((sum, { waiting }) => sum + waiting, 0)),
    formatKnownCount(knownSum(trials.map(({ ledger }) => ledger.duplicatesApplied))),
    delivered.length === 0 ? '–' : formatUs(Math.max(...delivered)),
  ];
}
