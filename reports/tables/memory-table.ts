/** What each part's processes held in memory: batches and codecs with windows of their own cost that, too. */
import type { MemoryResult, TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatBytes } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';

const parts = ['generatorBytes', 'serviceBytes', 'brokerBytes', 'proxyBytes'] as const satisfies (keyof MemoryResult)[];

/** null where no trial knows. */
export function memoryTable({ contenders }: ConditionGroup): Table | null {
  const isKnown = contenders.some(({ counted }) => counted.some(({ memory }) => memory !== undefined));
  if (!isKnown) return null;
  return {
    title: 'memory: the highest resident set of each part while it was measured',
    spans: [],
    columns: [nameColumn('target'), ...figureColumns('generator', 'service', 'broker', 'proxy')],
    rows: contenders.map(({ label, counted, status }) => ({
      cells: [label, ...parts.map((part) => highestText(counted, part))],
      status,
    })),
  };
}

/** Of all repeats; `–` where one of them does not know. */
function highestText(trials: readonly TrialResult[], part: keyof MemoryResult): string {
  const known = trials.flatMap(({ memory }) => memory?.[part] ?? []);
  return known.length < trials.length || known.length === 0 ? '–' : formatBytes(Math.max(...known));
}
