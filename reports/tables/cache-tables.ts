/** Caches: where reads were answered and what that took, how old what they showed was, and what the clients' caches hold. */
import { knownSum } from '../../result/known-sum.ts';
import type { CacheResult, LatencySummary } from '../../result/result-types.ts';
import { middleOf } from '../../result/statistics/statistics-order.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { formatBytes, formatKnownCount, formatShare, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

/** Over all repeats; null: not known of one of them. */
export function cacheSum({ trials }: Contender, of: (cache: CacheResult) => number | null | undefined): number | null {
  return knownSum(trials.map(({ cache }) => cache && of(cache)));
}

/** And reads that it could answer. */
export function hasCache({ trials }: Contender): boolean {
  return trials.every(({ cache }) => cache !== undefined) && trials.some(({ cache }) => (cache?.offered ?? 0) > 0);
}

/** The oldest of all repeats, µs; null: not known. */
export function stalestUs({ trials }: Contender): number | null {
  const all = trials.flatMap(({ cache }) => cache?.stale?.overallUs.max ?? []);
  return all.length === 0 ? null : Math.max(...all);
}

type StaleCount = 'checked' | 'changes' | 'reads' | 'illegal' | 'backwards' | 'ownUnread';

/** Over all repeats; null: no version is known in one of them. */
export function staleSum(contender: Contender, entry: StaleCount): number | null {
  return cacheSum(contender, ({ stale }) => stale?.[entry]);
}

export function shareText(part: number | null, whole: number | null): string {
  return part === null || whole === null ? '?' : formatShare(part, whole);
}

/** What a condition's reads got, and whether it was stale; none where nobody looks. */
export function cacheTables(group: ConditionGroup): Table[] {
  const shown = group.contenders.filter(hasCache);
  if (shown.length === 0) return [];
  const kept = shown.filter(({ trials }) => trials.some(({ cache }) => cache?.kept !== null));
  const checked = shown.filter((contender) => (staleSum(contender, 'changes') ?? 0) > 0);
  return [
    answeredTable(shown),
    ...(checked.length === 0 ? [] : [staleTable(checked)]),
    timesTable(shown),
    ...(kept.length === 0 ? [] : [keptTable(kept)]),
  ];
}

const sources = { hit: 'hits', revalidated: '304', replaced: 'anew', miss: 'misses' } as const;
const sourceKeys = Object.keys(sources) as (keyof typeof sources)[];

function answeredTable(contenders: readonly Contender[]): Table {
  const rows = contenders.map((contender): Row => {
    const reads = cacheSum(contender, (cache) => cache.reads);
    const offered = cacheSum(contender, (cache) => cache.offered);
    return {
      cells: [
        contender.label,
        formatKnownCount(reads),
        ...sourceKeys.map((key) =>
          shareText(
            cacheSum(contender, (cache) => cache[key].count),
            reads,
          ),
        ),
        shareText(
          cacheSum(contender, ({ originReads }) => originReads),
          offered,
        ),
        ...bytesOf(contender),
      ],
      status: contender.status,
    };
  });
  return {
    title: 'reads: where they were answered, and how many of those offered the service saw',
    spans: [
      { text: '', columns: 7 },
      { text: 'bytes an operation', columns: 2 },
    ],
    columns: [
      nameColumn('target'),
      ...figureColumns('reads', ...Object.values(sources), 'at service', 'client', 'service'),
    ],
    rows,
  };
}

/** On the client's link, and on that to the service: the same without a gateway. */
function bytesOf({ counted }: Contender): [string, string] {
  const client = counted.map(({ wire }) => wire.bytesPerOperation);
  const service = counted.map(({ cache, wire: { bytesPerOperation: each, bytesUp, bytesDown } }) => {
    const all = knownSum([bytesUp, bytesDown]);
    const bytes = cache?.originBytes ?? null;
    return bytes === null || each === null || all === null ? null : (bytes * each) / all;
  });
  const hasGateway = counted.some(({ askedBy }) => askedBy !== undefined);
  return [middleText(client, formatBytes), middleText(hasGateway ? service : client, formatBytes)];
}

const timed = ['p50', 'p90'] as const;

function timesTable(contenders: readonly Contender[]): Table {
  const shown = sourceKeys.filter((key) =>
    contenders.some((one) => (cacheSum(one, (cache) => cache[key].count) ?? 1) > 0),
  );
  return {
    title: 'what a read took, by where it was answered',
    spans: [{ text: '', columns: 1 }, ...shown.map((key) => ({ text: sources[key], columns: timed.length }))],
    columns: [nameColumn('target'), ...shown.flatMap(() => figureColumns(...timed))],
    rows: contenders.map((contender) => ({
      cells: [
        contender.label,
        ...shown.flatMap((key) => timed.map((figure) => timeText(contender, (cache) => cache[key].latencyUs[figure]))),
      ],
      status: contender.status,
    })),
  };
}

/** The middle one of the repeats that have it. */
function timeText({ counted }: Contender, of: (cache: CacheResult) => number | null | undefined): string {
  return middleText(
    counted.map(({ cache }) => (cache && of(cache)) ?? null),
    formatUs,
  );
}

function middleText(values: readonly (number | null)[], format: (value: number) => string): string {
  const middle = middleOf(values);
  return Number.isFinite(middle) ? format(middle) : '–';
}

function staleTable(contenders: readonly Contender[]): Table {
  const rows = contenders.map((contender): Row => {
    const overall = (figure: keyof LatencySummary) => (cache: CacheResult) => cache.stale?.overallUs[figure];
    const stale = staleSum(contender, 'reads');
    return {
      cells: [
        contender.label,
        formatKnownCount(stale),
        shareText(stale, staleSum(contender, 'checked')),
        timeText(contender, overall('p90')),
        timeText(contender, overall('p99')),
        formatUs(stalestUs(contender) ?? 0),
        ...(['illegal', 'backwards', 'ownUnread'] as const).map((entry) =>
          formatKnownCount(staleSum(contender, entry)),
        ),
      ],
      status: contender.status,
    };
  });
  return {
    title: 'stale reads: a newer version was acknowledged before they were sent',
    spans: [
      { text: '', columns: 3 },
      { text: 'how old, of all reads', columns: 3 },
      { text: 'of these', columns: 3 },
    ],
    columns: [
      nameColumn('target'),
      ...figureColumns('stale', 'share', 'p90', 'p99', 'oldest', 'illegal', 'back', 'own unread'),
    ],
    rows,
  };
}

function keptTable(contenders: readonly Contender[]): Table {
  return {
    title: 'caches of the clients, at the end',
    spans: [],
    columns: [nameColumn('target'), ...figureColumns('answers', 'bytes', 'evicted', 'new tag, same answer')],
    rows: contenders.map((contender) => {
      const sum = (of: (kept: NonNullable<CacheResult['kept']>) => number) =>
        cacheSum(contender, ({ kept }) => kept && of(kept));
      const bytes = sum((kept) => kept.bytes);
      return {
        cells: [
          contender.label,
          formatKnownCount(sum(({ entries }) => entries)),
          bytes === null ? '?' : formatBytes(bytes),
          ...[sum(({ evicted }) => evicted), sum(({ sameUnderNewTag }) => sameUnderNewTag)].map(formatKnownCount),
        ],
        status: contender.status,
      };
    }),
  };
}
