/** What a service could not read: where each has ended, and how all else fared meanwhile. */
import { knownSum } from '../../result/known-sum.ts';
import type { PoisonResult } from '../../result/result-types.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { formatCount, formatKnownCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';

const ends = {
  deadLettered: 'dead letters',
  dropped: 'dropped',
  retrying: 'retry topic',
  looping: 'looping',
  blocked: 'blocked',
  waiting: 'waiting',
  told: 'client told',
  unaccounted: 'nowhere',
} as const satisfies Record<Exclude<keyof PoisonResult['bad'], 'offered' | 'tries'>, string>;
const endKeys = Object.keys(ends) as (keyof typeof ends)[];
/** Each way to end, in the order in which they are shown. */
export const badEnds = endKeys.map((key) => ({ key, title: ends[key] }));

/** Over all repeats; null: not known of one of them. */
export function poisonSum({ trials }: Contender, of: (poison: PoisonResult) => number | null): number | null {
  return knownSum(trials.map(({ poison }) => poison && of(poison)));
}

export function hasPoison({ trials }: Contender): boolean {
  return trials.length > 0 && trials.every(({ poison }) => poison !== undefined);
}

/** None where everything can be read. */
export function poisonTables({ contenders }: ConditionGroup): Table[] {
  const shown = contenders.filter(hasPoison);
  return shown.length === 0 ? [] : [badTable(shown), goodTable(shown)];
}

function badTable(contenders: readonly Contender[]): Table {
  const shown = endKeys.filter(
    (end) => end === 'unaccounted' || contenders.some((contender) => poisonSum(contender, ({ bad }) => bad[end]) !== 0),
  );
  return {
    title: 'poison: where each that cannot be read has ended',
    spans: [],
    columns: [nameColumn('target'), ...figureColumns('unreadable', 'tries', ...shown.map((end) => ends[end]))],
    rows: contenders.map((contender) => ({
      cells: [
        contender.label,
        ...(['offered', 'tries', ...shown] as const).map((key) =>
          formatKnownCount(poisonSum(contender, ({ bad }) => bad[key])),
        ),
      ],
      status: contender.status,
    })),
  };
}

function goodTable(contenders: readonly Contender[]): Table {
  const rows = contenders.map((contender) => {
    const sum = (key: keyof PoisonResult['good']) => formatKnownCount(poisonSum(contender, ({ good }) => good[key]));
    return {
      cells: [
        contender.label,
        ...(['acknowledged', 'applied', 'waiting', 'lost'] as const).map(sum),
        ...timesOf(contender),
      ],
      status: contender.status,
    };
  });
  return {
    title: 'all others beside the poison',
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns('acknowledged', 'applied', 'still waiting', 'lost'),
      ...figureColumns('applied/s', 'longest stand-still', 'longest wait of one'),
    ],
    rows,
  };
}

/** Of the worst repeat that counts. */
function timesOf({ counted }: Contender): string[] {
  const all = counted.flatMap(({ poison }) => poison ?? []);
  const rates = all.flatMap(({ goodPerSecond }) => goodPerSecond ?? []);
  return [
    rates.length === 0 ? '–' : formatCount(Math.min(...rates)),
    all.length === 0 ? '–' : formatUs(Math.max(...all.map(({ standStillUs }) => standStillUs))),
    formatUs(longestWaitUs({ counted })),
  ];
}

/** Of the worst repeat that counts. */
export function longestWaitUs({ counted }: Pick<Contender, 'counted'>): number {
  return Math.max(...counted.map(({ poison }) => poison?.longestWaitUs ?? 0));
}
