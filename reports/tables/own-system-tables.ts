/** Of users' own systems: what they used and said of themselves, and which single operations to look up in their traces. */
import type { TrialResult, WatchResult } from '../../result/result-types.ts';
import { formatBytes, formatCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** null where nothing was watched. */
export function watchTable(trials: readonly TrialResult[]): Table | null {
  const watched = trials.flatMap(({ id, watch, verdict }) => (watch === undefined ? [] : [{ id, watch, verdict }]));
  if (watched.length === 0) return null;
  const names = [
    ...new Set(watched.flatMap(({ watch }) => watch.points.flatMap(({ metrics }) => Object.keys(metrics)))),
  ];
  return {
    title: 'your own system while it was measured',
    spans: [],
    columns: [
      nameColumn('trial'),
      ...textColumns('read from'),
      ...figureColumns('cores, mean', 'cores, highest', 'memory, highest', ...names),
    ],
    rows: watched.map(({ id, watch, verdict }): Row => {
      const { cores, memoryBytes } = columnsOf(watch);
      const mean = cores.length === 0 ? null : cores.reduce((sum, one) => sum + one, 0) / cores.length;
      return {
        cells: [
          ...[id, watch.source, mean === null ? '–' : mean.toFixed(2)],
          cores.length === 0 ? '–' : Math.max(...cores).toFixed(2),
          memoryBytes.length === 0 ? '–' : formatBytes(Math.max(...memoryBytes)),
          ...names.map((name) => fromTo(watch.points.flatMap(({ metrics }) => metrics[name] ?? []))),
        ],
        status: verdict.status,
      };
    }),
  };
}

function columnsOf({ points }: WatchResult) {
  return {
    cores: points.flatMap(({ cores }) => cores ?? []),
    memoryBytes: points.flatMap(({ memoryBytes }) => memoryBytes ?? []),
  };
}

function fromTo(values: readonly number[]): string {
  const [first, last] = [values[0], values.at(-1)];
  return first === undefined || last === undefined ? '–' : `${round(first)} → ${round(last)}`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** What clients did beside the attempts; null where that was nothing but opening lost connections again. */
export function clientTable(trials: readonly TrialResult[]): Table | null {
  const told = trials.some(({ http, reconnects = 0, ignoredMessages }) => {
    const { handshakes = 0, redirects } = http ?? {};
    return handshakes > reconnects || redirects !== undefined || ignoredMessages !== undefined;
  });
  if (!told) return null;
  const text = (value: number | undefined) => (value === undefined ? '–' : formatCount(value));
  return {
    title: 'what the clients did beside the attempts, warm-up included',
    spans: [],
    columns: [nameColumn('trial'), ...figureColumns('connections opened', 'redirects followed', 'messages ignored')],
    rows: trials.map(({ id, http, ignoredMessages, verdict }): Row => {
      const cells = [id, text(http?.handshakes), text(http?.redirects), text(ignoredMessages)];
      return { cells, status: verdict.status };
    }),
  };
}

/** The slowest of each operation and the first of each failure; null where nothing was sent to trace them by. */
export function notableTable(trials: readonly TrialResult[]): Table | null {
  const rows = trials.flatMap(({ id, notable, verdict }): Row[] => {
    const all = [...(notable?.slowest ?? []), ...(notable?.failed ?? [])].filter(({ traceId }) => traceId !== null);
    const kinds = Map.groupBy(all, ({ operation, reason }) => `${operation} ${reason}`);
    return [...kinds.values()].flatMap(([first]): Row[] => {
      if (first === undefined) return [];
      const { operation, reason, afterUs, traceId } = first;
      const cells = [id, operation, reason === '' ? 'slowest' : reason, formatUs(afterUs), first.id, traceId ?? '–'];
      return [{ cells, status: verdict.status }];
    });
  });
  if (rows.length === 0) return null;
  return {
    title: 'single operations to look up in your logs and traces',
    spans: [],
    columns: [
      nameColumn('trial'),
      ...textColumns('operation', 'which'),
      ...figureColumns('after'),
      ...textColumns('id', 'trace id'),
    ],
    rows,
  };
}
