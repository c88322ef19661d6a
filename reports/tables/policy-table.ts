/** What the clients' own policies did: retries they did not make, operations they did not attempt, the breaker's states. */
import { amplificationOf } from '../../result/amplification.ts';
import type { BreakerChange, PolicyResult, TrialResult } from '../../result/result-types.ts';
import { totalCounts, totalPolicies } from '../figures/result-view.ts';
import { formatCount, formatDuration, formatFactor, formatPercentile } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

/** null where no policy had anything to do. */
export function policyTable(trials: readonly TrialResult[]): Table | null {
  const totals = totalPolicies(trials);
  const hasBreaker = trials.some(({ breaker }) => breaker !== undefined);
  const hasFallback = totals.fallbacks > 0;
  if (totals.refused + totals.retriesDenied === 0 && !hasBreaker && !hasFallback) return null;
  const rows = trials.map((trial): Row => {
    const policies = totalPolicies([trial]);
    const factor = formatFactor(amplificationOf(totalCounts([trial]), policies));
    const counts = [factor, formatCount(policies.retriesDenied), formatCount(policies.refused)];
    const breaker = hasBreaker ? breakerCells(trial.breaker) : [];
    const fallback = hasFallback ? fallbackCells(trial) : [];
    return { cells: [trial.id, ...counts, ...breaker, ...fallback], status: trial.verdict.status };
  });
  return {
    title: 'policies of the client · times count from the end of warm-up',
    spans: [],
    columns: [
      nameColumn('trial'),
      ...figureColumns('amplified', 'retries denied', 'not attempted'),
      ...(hasBreaker ? figureColumns('breaker opened', 'first at', 'closed at') : []),
      ...(hasFallback ? figureColumns('fallbacks', 'answered so p50') : []),
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

/** How many, and how soon: of the phase that had most of them, since percentiles are never averaged. */
function fallbackCells({ phases }: TrialResult): string[] {
  const found = Object.values(phases).flatMap(({ policies }) => policies ?? []);
  const most = found.reduce<PolicyResult | null>(
    (known, one) => (known === null || one.fallbacks > known.fallbacks ? one : known),
    null,
  );
  if (most === null || most.fallbacks === 0) return ['–', '–'];
  const all = found.reduce((sum, { fallbacks }) => sum + fallbacks, 0);
  return [formatCount(all), formatPercentile(most.fallbackUs, 'p50')];
}
