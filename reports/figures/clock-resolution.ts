/** Times between hosts, which are known no better than how far their clocks are off from each other. */
import { isResolved } from '../../result/latency-figure.ts';
import type { LatencyName, LatencySummary, TrialResult } from '../../result/result-types.ts';
import { formatUs } from '../text/format-values.ts';

/** What stands in place of a figure that the clocks do not resolve; null: they do. */
export function unresolvedText(
  { clock }: TrialResult,
  latency: LatencyName,
  summary: LatencySummary | undefined,
): string | null {
  if (clock === undefined || isResolved({ clock }, latency, summary)) return null;
  if (clock.boundUs === null) return 'not resolved (the clocks of the hosts are not known)';
  return `not resolved (clocks known to ± ${formatUs(clock.boundUs)})`;
}
