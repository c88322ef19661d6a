/** How the latencies of two sides lie over their percentiles: what a few percentiles beside each other do not show. */

import { decodeLatencyCounts, highestLatencyUs, LatencyCounts } from '../latency-counts.ts';
import { isTooFew } from '../latency-summary.ts';
import { phaseNames, type TrialResult } from '../result-types.ts';
import type { NamedRun } from './compared-sides.ts';
import type { ComparedCurve } from './comparison-result.ts';
import { cellOf } from './run-differences.ts';

const quantiles = [
  ...[0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98],
  ...[0.99, 0.993, 0.995, 0.997, 0.998, 0.999, 0.9995, 0.9999],
];
const measured = phaseNames.filter((name) => name !== 'warmup' && name !== 'drain');

/**
 * Of each target, variant, condition and measured phase that the base and another side have: the latencies of every offered
 * operation, all trials that count together. Throws a BenchError (exit 2) for a stored histogram that is none.
 */
export function comparedCurves(sides: readonly NamedRun[]): ComparedCurve[] {
  const cells = sides.map(({ result }) => Map.groupBy(result.trials.filter(isCounted), cellOf));
  const [base = new Map<string, TrialResult[]>()] = cells;
  return [...base].flatMap(([cell, trials]) => {
    const [first] = trials;
    if (first === undefined || !cells.slice(1).some((one) => one.has(cell))) return [];
    const { target, variant, condition } = first;
    return measured.flatMap((phase) =>
      sides.flatMap(({ name: side }, n): ComparedCurve[] => {
        const points = pointsOf(cells[n]?.get(cell) ?? [], phase);
        return points.length === 0 ? [] : [{ side, target, variant, condition, phase, points }];
      }),
    );
  });
}

function isCounted({ purpose, verdict }: TrialResult): boolean {
  return purpose === undefined && verdict.status !== 'invalid';
}

function pointsOf(trials: readonly TrialResult[], phase: (typeof measured)[number]): ComparedCurve['points'] {
  const merged = new LatencyCounts();
  for (const { histograms } of trials) {
    const stored = histograms[phase]?.offered;
    if (stored !== undefined) merged.add(decodeLatencyCounts(stored));
  }
  return quantiles.flatMap((quantile) => {
    if (isTooFew(quantile, merged.count)) return [];
    const us = merged.atQuantile(quantile);
    return us === null || us >= highestLatencyUs ? [] : [[quantile, us] as const]; // at the end of the range: never
  });
}
