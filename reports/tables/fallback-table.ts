/** What clients answered themselves where operations were not ok: how many, how soon, how old; their outcomes stay what they were. */
import type { PhaseName, PolicyResult, TrialResult } from '../../result/result-types.ts';
import { measured } from '../figures/result-view.ts';
import { formatCount, formatPercentile, formatShare } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

/** A row for each phase in which something was answered, or should have been; null where no client did. */
export function fallbackTable(trials: readonly TrialResult[]): Table | null {
  const rows = trials.flatMap((trial) => measured.flatMap((phase) => rowOf(trial, phase) ?? []));
  if (rows.length === 0) return null;
  const hasAges = rows.some(({ cells }) => cells.at(-1) !== '–');
  const shown = hasAges ? rows : rows.map((row) => ({ ...row, cells: row.cells.slice(0, -2) }));
  return {
    title:
      'degraded: not ok, and answered by the client itself · never ok, never goodput; shares are of what was offered',
    spans: [
      { text: '', columns: 6 },
      { text: 'answered after', columns: 2 },
      ...(hasAges ? [{ text: 'how old', columns: 2 }] : []),
    ],
    columns: [
      nameColumn('trial'),
      ...figureColumns('phase', 'not ok', 'degraded', 'share', 'unanswered'),
      ...figureColumns('p50', 'p99', ...(hasAges ? ['p50', 'max'] : [])),
    ],
    rows: shown,
  };
}

function rowOf(trial: TrialResult, name: PhaseName): Row | null {
  const phase = trial.phases[name];
  const policies: PolicyResult | undefined = phase?.policies;
  if (phase === undefined || policies === undefined) return null;
  const { fallbacks, fallbackUs, fallbackAgeUs, unanswered = 0 } = policies;
  if (fallbacks + unanswered === 0) return null;
  const { offered, ok } = phase.counts;
  return {
    cells: [
      trial.id,
      name,
      formatCount(offered - ok),
      formatCount(fallbacks),
      formatShare(fallbacks, offered),
      formatCount(unanswered),
      ...(['p50', 'p99'] as const).map((figure) => formatPercentile(fallbackUs, figure)),
      ...(['p50', 'max'] as const).map((figure) => formatPercentile(fallbackAgeUs, figure)),
    ],
    status: trial.verdict.status,
  };
}
