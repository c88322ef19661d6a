/**
 * How services whose state is a log have folded it anew, and who was served meanwhile. Counts and states are of all repeats,
 * times the worst of those that count.
 */
import type { LatencySummary, RebuildResult } from '../../result/result-types.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { formatCount, formatPercentile, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';

export function rebuildsOf(trials: Contender['trials']): RebuildResult[] {
  return trials.flatMap(({ rebuilds = [] }) => rebuilds);
}

/** None where no state was folded anew. */
export function rebuildTables({ contenders }: ConditionGroup): Table[] {
  const shown = contenders.filter(({ trials }) => rebuildsOf(trials).length > 0);
  return shown.length === 0 ? [] : [foldTable(shown), meanwhileTable(shown)];
}

function foldTable(contenders: readonly Contender[]): Table {
  return {
    title: 'state folded anew from its log',
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns('events', 'of a snapshot', 'events/s', 'ready after', 'caught up after', 'state'),
    ],
    rows: contenders.map((contender) => {
      const [all, timed] = [rebuildsOf(contender.trials), rebuildsOf(contender.counted)];
      return {
        cells: [
          contender.label,
          formatCount(Math.max(...all.map(({ events }) => events))),
          snapshotText(all),
          worst(timed, ({ readPerSecond }) => readPerSecond, Math.min, formatCount),
          worst(timed, ({ readyAfterUs }) => readyAfterUs, Math.max, formatUs),
          worst(timed, ({ caughtUpUs }) => caughtUpUs, Math.max, formatUs),
          stateText(all),
        ],
        status: contender.status,
      };
    }),
  };
}

function meanwhileTable(contenders: readonly Contender[]): Table {
  return {
    title: 'meanwhile',
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns('reads refused', 'changes refused', 'new ones offered', 'their p50', 'p99', 'max'),
    ],
    rows: contenders.map((contender) => {
      const [all, timed] = [rebuildsOf(contender.trials), rebuildsOf(contender.counted)];
      const sum = (of: (rebuild: RebuildResult) => number) =>
        formatCount(all.reduce((total, one) => total + of(one), 0));
      const live = slowest(timed);
      return {
        cells: [
          contender.label,
          ...[sum(({ refusedReads }) => refusedReads), sum(({ refusedChanges }) => refusedChanges)],
          sum(({ live: { count } }) => count),
          ...(['p50', 'p99', 'max'] as const).map((percentile) => formatPercentile(live, percentile)),
        ],
        status: contender.status,
      };
    }),
  };
}

function snapshotText(all: readonly RebuildResult[]): string {
  const snapshots = all.flatMap(({ snapshotOf }) => snapshotOf ?? []);
  return snapshots.length === 0 ? 'none' : formatCount(Math.min(...snapshots));
}

function worst(
  timed: readonly RebuildResult[],
  of: (rebuild: RebuildResult) => number | null,
  choose: (...values: number[]) => number,
  format: (value: number) => string,
): string {
  const known = timed.flatMap((rebuild) => of(rebuild) ?? []);
  return known.length === 0 ? '–' : format(choose(...known));
}

/** What never got there is slower than all else. */
function slowest(all: readonly RebuildResult[]): LatencySummary | undefined {
  const of = ({ live: { max } }: RebuildResult) => max ?? Number.POSITIVE_INFINITY;
  return all.filter(({ live: { count } }) => count > 0).sort((one, other) => of(other) - of(one))[0]?.live;
}

function stateText(all: readonly RebuildResult[]): string {
  const failed = all.filter(({ failure }) => failure !== null).length;
  if (failed > 0) return failed === all.length ? 'not folded' : `not folded ${failed} of ${all.length} times`;
  const differing = all.filter(({ isSame }) => isSame === false);
  if (differing.length > 0) return differing.every(lostOnPurpose) ? 'history lost' : 'differs';
  return all.some(({ isSame }) => isSame === null) ? 'not known' : 'same';
}

/** Its log keeps the last event of each key, and has fewer than there were. */
export function lostOnPurpose({ isCompacted, isSame, events, expected }: RebuildResult): boolean {
  return isCompacted && isSame === false && expected !== null && events < expected.events;
}
