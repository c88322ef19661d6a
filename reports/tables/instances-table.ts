/** Who was served by which process of a service, and what each of them, and a gateway before them, took of the CPU. */
import type { TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatShare } from '../text/format-values.ts';
import { nameColumn, type Table, textColumns } from '../text/table.ts';

/** null: no target has more than one process. */
export function instancesTable({ contenders }: ConditionGroup): Table | null {
  const rows = contenders.flatMap(({ label, counted, status }) => {
    const trials = counted.filter(({ receivedBy, cpu }) => receivedBy !== undefined || hasSeveral(cpu.parts));
    return trials.length === 0 ? [] : [{ cells: [label, receivedText(trials), cpuText(trials)], status }];
  });
  if (rows.length === 0) return null;
  return {
    title: 'processes of the service: share of the operations that each received, and CPU for each operation of all',
    spans: [],
    columns: [nameColumn('target'), ...textColumns('received', 'CPU µs')],
    rows,
  };
}

function hasSeveral(parts: TrialResult['cpu']['parts']): boolean {
  return Object.keys(parts ?? {}).length > 1;
}

/** Over all repeats. */
function receivedText(trials: readonly TrialResult[]): string {
  const sums = new Map<string, number>();
  for (const { receivedBy = {} } of trials) {
    for (const [name, count] of Object.entries(receivedBy)) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  const all = [...sums.values()].reduce((sum, count) => sum + count, 0);
  if (all === 0) return '–';
  return [...sums].map(([name, count]) => `${name} ${formatShare(count, all)}`).join(', ');
}

/** The middle repeat's, by part. */
function cpuText(trials: readonly TrialResult[]): string {
  const names = new Set(trials.flatMap(({ cpu }) => Object.keys(cpu.parts ?? {})));
  const each = [...names].map((name) => {
    const known = trials.flatMap(({ cpu }) => cpu.parts?.[name] ?? []).toSorted((a, b) => a - b);
    const middle = known[Math.floor(known.length / 2)];
    return `${name} ${middle === undefined ? '–' : Math.round(middle)}`;
  });
  return each.length === 0 ? '–' : each.join(', ');
}
