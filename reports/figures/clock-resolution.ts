/** Times between hosts, which are known no better than how far their clocks are off from each other. */
import { laterTimes } from '../../result/patterns.ts';
import type { LatencyName, LatencySummary, TrialResult } from '../../result/result-types.ts';
import { formatUs } from '../text/format-values.ts';

/** So many times the bound a time must be, for the tenth part of it to be known. */
const leastTimes = 10;

/** What stands in place of a figure that the clocks do not resolve; null: they do. */
export function unresolvedText(
  { clock }: TrialResult,
  latency: LatencyName,
  summary: LatencySummary | undefined,
): string | null {
  if (clock === undefined || !laterTimes.some((name) => name === latency)) return null;
  if (clock.boundUs === null) return 'not resolved (the clocks of the hosts are not known)';
  const middleUs = summary?.p50 ?? null;
  if (middleUs === null || middleUs >= leastTimes * clock.boundUs) return null;
  return `not resolved (clocks known to ± ${formatUs(clock.boundUs)})`;
}
