/** When a rate limit lets through: how much in equal intervals, and how long nothing. */
import type { TimelinePoint, TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { formatCount, formatDuration, formatShare } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** null: no gateway limits any rate. */
export function limitsTable({ contenders }: ConditionGroup): Table | null {
  const limited = contenders.flatMap(({ counted, label, status }) => {
    const [trial] = counted;
    const limit = trial?.semantics.rateLimit;
    return trial === undefined || limit === undefined ? [] : [{ trial, limit: shortOf(String(limit)), label, status }];
  });
  const widthMs = limited.map(({ trial }) => intervalMsOf(trial.timeline)).find((ms) => ms !== null) ?? null;
  if (widthMs === null) return null;
  const rows = limited.map(({ trial, limit, label, status }): Row => {
    const points = measured(trial);
    const served = points.map(({ ok }) => ok).sort((a, b) => a - b);
    const offered = points.reduce((sum, point) => sum + point.offered, 0);
    const ok = points.reduce((sum, point) => sum + point.ok, 0);
    return {
      cells: [
        label,
        formatShare(ok, offered),
        formatCount(served[0] ?? 0),
        formatCount(served[Math.floor(served.length / 2)] ?? 0),
        formatCount(served.at(-1) ?? 0),
        formatDuration(longestNothing(points) * widthMs),
        limit,
      ],
      status,
    };
  });
  return {
    title: `rate limits: how much was served in each ${formatDuration(widthMs)} of the first repeat, and the longest time in which nothing was`,
    spans: [],
    columns: [
      nameColumn('target'),
      ...figureColumns('served', 'least', 'middle', 'most', 'nothing for'),
      ...textColumns('limit'),
    ],
    rows,
  };
}

/** How each program counts stands with the settings. */
function shortOf(limit: string): string {
  return limit.replace(/ \(.*$/, '');
}

/** The last interval may be cut off. */
function measured({ timeline }: TrialResult): readonly TimelinePoint[] {
  return timeline.filter(({ atMs, offered }, n) => atMs >= 0 && offered > 0 && n < timeline.length - 1);
}

function intervalMsOf([first, second]: readonly TimelinePoint[]): number | null {
  return first === undefined || second === undefined ? null : second.atMs - first.atMs;
}

/** In intervals, of those in which something was asked. */
function longestNothing(points: readonly TimelinePoint[]): number {
  let longest = 0;
  let current = 0;
  for (const { ok } of points) {
    current = ok === 0 ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
