/** Why operations were not ok, trial by trial. */
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { formatCount } from '../text/format-values.ts';
import { measured, totalCounts } from './result-view.ts';

/** `queue-slow-network-1: 755 × connection reset; 20 × channel closed`, a text for each trial that has any. */
export function errorTexts({ trials }: RunResult): string[] {
  return trials.flatMap((trial) => {
    const { offered, ok } = totalCounts([trial]);
    const reasons = reasonTexts(trial.phases);
    return reasons.length === 0 || offered === ok ? [] : [`${trial.id}: ${reasons.join('; ')}`];
  });
}

/** `Not ok 775 of 5,900: 755 × connection reset; 20 × channel closed.` of all trials together; null: all were ok. */
export function errorSummary({ trials }: RunResult): string | null {
  const { offered, ok } = totalCounts(trials);
  if (offered === ok) return null;
  const reasons = sortedReasons(trials.map(({ phases }) => phases)).join('; ');
  return `Not ok ${formatCount(offered - ok)} of ${formatCount(offered)}${reasons === '' ? '' : `: ${reasons}`}.`;
}

const mostReasons = 4;

/** Over the measured phases, most frequent first: `755 × connection reset`. */
export function reasonTexts(phases: TrialResult['phases']): string[] {
  return sortedReasons([phases]);
}

function sortedReasons(all: readonly TrialResult['phases'][]): string[] {
  const sum = new Map<string, number>();
  for (const phase of all.flatMap((phases) => measured.flatMap((name) => phases[name] ?? []))) {
    for (const [reason, count] of Object.entries(phase.errors)) {
      const shown = reasonText(reason);
      sum.set(shown, (sum.get(shown) ?? 0) + count);
    }
  }
  const sorted = [...sum].sort(([, a], [, b]) => b - a).slice(0, mostReasons);
  return sorted.map(([reason, count]) => `${formatCount(count)} × ${reason}`);
}

/** Others follow redirects, so it is said that nothing here does. */
function reasonText(reason: string): string {
  return /^status 30[12378]$/.test(reason) ? `${reason} (redirects are not followed)` : reason;
}
