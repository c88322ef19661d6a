/** The numbers behind the charts of the page, small enough to be inlined. */
import { decodeLatencyCounts, LatencyCounts } from '../../result/latency-counts.ts';
import { leastSamplesBeyond } from '../../result/latency-summary.ts';
import type { BreakerChange, PhaseName, RunResult, TimelinePoint, TrialResult } from '../../result/result-types.ts';
import { asUsualAtMs, trialRecovery } from '../../result/trial-recovery.ts';
import {
  type ConditionGroup,
  type Contender,
  conditionGroups,
  engineTrials,
  isNative,
  measured,
} from '../figures/result-view.ts';

export interface Curve {
  readonly label: string;
  /** [1 / (1 − quantile) over all offered operations, milliseconds], both rising. */
  readonly points: readonly (readonly [number, number])[];
}

export interface FaultSpan {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly label: string;
}

/** Columns of equal length; seconds count from the end of warm-up. */
export interface TrialTimeline {
  readonly label: string;
  readonly seconds: readonly number[];
  readonly okPerSecond: readonly number[];
  readonly notOkPerSecond: readonly number[];
  readonly p50Ms: readonly (number | null)[];
  readonly p90Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
  readonly faults: readonly FaultSpan[];
  /** What waited in the broker, at times of its own; null: not known. */
  readonly backlog: { readonly seconds: readonly number[]; readonly messages: readonly number[] } | null;
  /** What the user's own system used and said of itself, at times of its own; null: nobody watched. */
  readonly watch: { readonly seconds: readonly number[]; readonly series: readonly WatchedSeries[] } | null;
  /** When all was in its usual range again, at the latest; null: without faults, not within the load, or nobody can say. */
  readonly recoveredSeconds: number | null;
  /** The breaker's changes of state, as many as can be told apart; null: there is none. */
  readonly breaker: readonly { readonly atSeconds: number; readonly state: BreakerChange['state'] }[] | null;
}

/** A chart of its own: each has its own unit. */
export interface WatchedSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  readonly conditions: readonly {
    readonly phases: readonly { readonly phase: PhaseName; readonly curves: readonly Curve[] }[];
    /** Trial ids, one a contender: its first repeat that counts. */
    readonly timelines: readonly string[];
  }[];
  readonly trials: Readonly<Record<string, TrialTimeline>>;
}

/** Points a decade of 1 / (1 − quantile): more than a chart has pixels for. */
const pointsPerDecade = 60;
const mostBreakerMarks = 200;

export function chartData(result: RunResult): ChartData {
  const groups = conditionGroups(result);
  const labels = new Map(
    groups.flatMap(({ contenders }) =>
      contenders.flatMap(({ label, trials }) => trials.map((trial) => [trial.id, label] as const)),
    ),
  );
  const drawn = [...result.trials.filter(isNative), ...engineTrials(result)];
  return {
    conditions: groups.map((group) => ({
      phases: group.phases.map((phase) => ({ phase, curves: curvesOf(group, phase) })),
      timelines: group.contenders.flatMap(({ counted }) => counted[0]?.id ?? []),
    })),
    trials: Object.fromEntries(
      drawn.map((trial) => [trial.id, timelineOf(trial, labels.get(trial.id) ?? trial.target, result.trials)]),
    ),
  };
}

function curvesOf({ contenders }: ConditionGroup, phase: PhaseName): Curve[] {
  return contenders.map((contender) => {
    const { merged, offered } = mergedLatencies(contender, phase);
    return { label: contender.label, points: curve(merged, offered) };
  });
}

/** All operations of a phase over the repeats that count: counts are added, percentiles are not. */
export function mergedLatencies(
  { counted }: Contender,
  phase: PhaseName,
): { readonly merged: LatencyCounts; readonly offered: number } {
  const merged = new LatencyCounts();
  let offered = 0;
  for (const trial of counted) {
    const encoded = trial.histograms[phase]?.response;
    offered += trial.phases[phase]?.counts.offered ?? 0;
    if (encoded !== undefined) merged.add(decodeLatencyCounts(encoded));
  }
  return { merged, offered: Math.max(offered, merged.count) };
}

/** The last sample of each step. A curve ends where fewer than ten operations lie beyond, or where the rest never succeeded. */
function curve(counts: LatencyCounts, offered: number): [number, number][] {
  const points = new Map<number, [number, number]>();
  let seen = 0;
  for (const { valueUs, count } of counts.filled()) {
    seen += count;
    if (offered - seen < leastSamplesBeyond) break;
    const x = offered / (offered - seen);
    points.set(Math.round(Math.log10(x) * pointsPerDecade), [significant(x), significant(Math.max(valueUs, 1) / 1e3)]);
  }
  return [...points.values()];
}

function timelineOf(trial: TrialResult, label: string, all: readonly TrialResult[]): TrialTimeline {
  const { timeline, faults, breaker } = trial;
  const recovery = trialRecovery(trial, all);
  const usualAtMs = recovery === null ? null : asUsualAtMs(recovery);
  const seconds = intervalSeconds(trial);
  const toMs = (us: number | null) => (us === null ? null : significant(Math.max(us, 1) / 1e3));
  return {
    label,
    seconds: timeline.map(({ atMs }) => atMs / 1e3),
    okPerSecond: timeline.map(({ ok }, n) => significant(ok / (seconds[n] as number))),
    notOkPerSecond: timeline.map(({ offered, ok }, n) => significant((offered - ok) / (seconds[n] as number))),
    p50Ms: timeline.map(({ p50Us }) => toMs(p50Us)),
    p90Ms: timeline.map(({ p90Us }) => toMs(p90Us ?? null)),
    p99Ms: timeline.map(({ p99Us }) => toMs(p99Us)),
    faults: faults.map(({ fault, plannedAtMs, plannedForMs, appliedAtMs, removedAtMs }) => ({
      fromSeconds: (appliedAtMs ?? plannedAtMs) / 1e3,
      toSeconds: (removedAtMs ?? plannedAtMs + plannedForMs) / 1e3,
      label: appliedAtMs === null ? `${fault} (never applied)` : fault,
    })),
    backlog: backlogOf(trial),
    watch: watchOf(trial),
    recoveredSeconds: usualAtMs === null ? null : usualAtMs / 1e3,
    breaker: breaker?.slice(0, mostBreakerMarks).map(({ atMs, state }) => ({ atSeconds: atMs / 1e3, state })) ?? null,
  };
}

/** How long each interval was loaded: the load may end within the last one, and the warm-up within one before. */
export function intervalSeconds({ timeline, phases }: Pick<TrialResult, 'timeline' | 'phases'>): number[] {
  const lasts = timeline.slice(1).map(({ atMs }, n) => atMs - (timeline[n] as TimelinePoint).atMs);
  const fullMs = lasts.length === 0 ? 1e3 : Math.max(...lasts);
  const loadedMs = measured.reduce((sum, name) => sum + (phases[name]?.durationMs ?? 0), 0);
  return timeline.map(({ atMs }, n) => {
    const untilMs = Math.min(atMs + (lasts[n] ?? fullMs), Math.max(0, loadedMs));
    // Intervals outside of what is known to have been loaded are taken for whole ones.
    return (untilMs > atMs && atMs >= 0 ? untilMs - atMs : (lasts[n] ?? fullMs)) / 1e3;
  });
}

function backlogOf({ backlog }: TrialResult): TrialTimeline['backlog'] {
  if (backlog === undefined || backlog.points.length === 0) return null;
  return {
    seconds: backlog.points.map(({ atMs }) => atMs / 1e3),
    messages: backlog.points.map(({ messages }) => messages),
  };
}

const mebibyte = 1024 ** 2;

/** Those of which at least one value is known. */
export function watchOf({ watch }: TrialResult): TrialTimeline['watch'] {
  if (watch === undefined || watch.points.length < 2) return null;
  const { points } = watch;
  const names = [...new Set(points.flatMap(({ metrics }) => Object.keys(metrics)))];
  const rounded = (value: number | null | undefined) => (value == null ? null : significant(value));
  const series: WatchedSeries[] = [
    { label: 'cores', values: points.map(({ cores }) => rounded(cores)) },
    { label: 'memory, MiB', values: points.map(({ memoryBytes }) => rounded(memoryBytes && memoryBytes / mebibyte)) },
    ...names.map((name) => ({ label: name, values: points.map(({ metrics }) => rounded(metrics[name])) })),
  ];
  const known = series.filter(({ values }) => values.some((value) => value !== null));
  return known.length === 0 ? null : { seconds: points.map(({ atMs }) => atMs / 1e3), series: known };
}

function significant(value: number): number {
  return Number(value.toPrecision(4));
}
