/** The numbers behind the charts of a condition, small enough to be inlined. */
import { decodeLatencyCounts, LatencyCounts } from '../result/latency-counts.ts';
import type { PhaseName, RunResult, TrialResult } from '../result/result-types.ts';
import { type ConditionGroup, conditionGroups } from './result-view.ts';

export interface ChartData {
  readonly curves: {
    readonly phase: string;
    /** x: 1 / (1 − quantile) of all offered operations; y: milliseconds. */
    readonly series: readonly { readonly target: string; readonly points: readonly (readonly [number, number])[] }[];
  };
  readonly timeline: {
    /** Seconds after the end of warm-up. */
    readonly x: readonly number[];
    readonly series: readonly { readonly target: string; readonly p99Ms: readonly (number | null)[] }[];
    readonly faults: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  };
}

const mostPoints = 160;

export function chartData(result: RunResult): ChartData[] {
  return conditionGroups(result).map((group) => ({ curves: curvesOf(group), timeline: timelineOf(group) }));
}

function curvesOf(group: ConditionGroup): ChartData['curves'] {
  const phase: PhaseName = group.phases.includes('during') ? 'during' : (group.phases[0] ?? 'steady');
  const series = byTarget(group.trials).map(([target, trials]) => {
    const merged = new LatencyCounts();
    let offered = 0;
    for (const trial of trials) {
      const encoded = trial.histograms[phase]?.response;
      offered += trial.phases[phase]?.counts.offered ?? 0;
      if (encoded !== undefined) merged.add(decodeLatencyCounts(encoded));
    }
    return { target, points: curve(merged, offered) };
  });
  return { phase, series };
}

/** Repeats together; those that can't be trusted are left out while there is one that can. */
function byTarget(trials: readonly TrialResult[]): [string, TrialResult[]][] {
  const found = new Map<string, TrialResult[]>();
  for (const trial of trials) found.set(trial.target, [...(found.get(trial.target) ?? []), trial]);
  return [...found].map(([target, all]) => {
    const valid = all.filter(({ verdict }) => verdict.status === 'valid');
    return [target, valid.length > 0 ? valid : all];
  });
}

function curve(counts: LatencyCounts, offered: number): [number, number][] {
  const points: [number, number][] = [];
  let seen = 0;
  for (const { valueUs, count } of counts.filled()) {
    seen += count;
    // The last operation of all would lie at infinity: it is drawn where the one before it ends.
    const beyond = Math.max(offered - seen, 0.5);
    points.push([Number((offered / beyond).toPrecision(4)), Number((valueUs / 1e3).toPrecision(4))]);
  }
  const step = Math.max(1, points.length / mostPoints);
  return points.filter((_, n) => n === points.length - 1 || Math.floor(n / step) !== Math.floor((n - 1) / step));
}

function timelineOf(group: ConditionGroup): ChartData['timeline'] {
  const x = [...new Set(group.trials.flatMap(({ timeline }) => timeline.map(({ atMs }) => atMs)))].sort(
    (a, b) => a - b,
  );
  const series = byTarget(group.trials).map(([target, trials]) => {
    const points = new Map(trials[0]?.timeline.map(({ atMs, p99Us }) => [atMs, p99Us]));
    return { target, p99Ms: x.map((atMs) => toMs(points.get(atMs))) };
  });
  const faults = group.trials[0]?.faults.map(({ fault, plannedAtMs, plannedForMs, appliedAtMs, removedAtMs }) => ({
    from: (appliedAtMs ?? plannedAtMs) / 1e3,
    to: (removedAtMs ?? plannedAtMs + plannedForMs) / 1e3,
    label: fault,
  }));
  return { x: x.map((atMs) => atMs / 1e3), series, faults: faults ?? [] };
}

function toMs(us: number | null | undefined): number | null {
  return us === null || us === undefined ? null : Math.max(us, 1) / 1e3;
}
