/** What the clients' own policies did: retries they did not make, operations they did not attempt, the breaker's states. */
import { amplificationOf } from '../../result/amplification.ts';
import type { BreakerChange, TrialResult } from '../../result/result-types.ts';
import { totalCounts, totalPolicies } from '../figures/result-view.ts';
import { formatCount, formatDuration, formatFactor } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

/** null where no policy had anything to do. */
export function policyTable(trials: readonly TrialResult[]): Table | null {
  const totals = totalPolicies(trials);
  const hasBreaker = trials.some(({ breaker }) => breaker !== undefined);
  if (totals.refused + totals.retriesDenied === 0 && !hasBreaker) return null;
  const rows = trials.map((trial): Row => {
    const policies = totalPolicies([trial]);
    const factor = formatFactor(amplificationOf(totalCounts([trial]), policies));
    const counts = [factor, formatCount(policies.retriesDenied), formatCount(policies.refused)];
    const breaker = hasBreaker ? breakerCells(trial.breaker) : [];
    return { cells: [trial.id, ...counts, ...breaker], status: trial.verdict.status };
  });
  return {
    title: 'policies of the client · times count from the end of warm-up',
    spans: [],
    columns: [
      nameColumn('trial'),
      ...figureColumns('amplified', 'retries denied', 'not attempted'),
      ...(hasBreaker ? figureColumns('breaker opened', 'first at', 'closed at') : []),
    ],
    rows,
  };
}

/** How often it opened, when first, and when it was closed for good. */
function breakerCells(changes: readonly BreakerChange[] | undefined): string[] {
  if (changes === undefined) return ['–', '–', '–'];
  const opened = changes.filter(({ state }) => state === 'open');
  const [first] = opened;
  if (first === undefined) return ['0', '–', '–'];
  const last = changes.at(-1);
  const isClosed = [...new Set(changes.map(({ client }) => client))].every(
    (client) => changes.findLast((change) => change.client === client)?.state === 'closed',
  );
  return [
    formatCount(opened.length),
    formatDuration(first.atMs),
    isClosed && last !== undefined ? formatDuration(last.atMs) : 'not closed',
  ];
}
