/** One figure over many results, in the order of their starts, and where what it was measured on has changed. */

import type { RunResult, SettingValue, TrialResult } from '../result-types.ts';
import { geometricInterval } from '../statistics/statistics.ts';
import { middleOf } from '../statistics/statistics-order.ts';
import { type FigurePlace, figureOf, isHigherBetter, unitOf, withinRunOf } from './compared-figures.ts';
import type { ComparisonRow } from './comparison-result.ts';
import { cellOf, runDifferences } from './run-differences.ts';

export interface HistoryPoint {
  /** The folder. */
  readonly name: string;
  readonly startedAt: string;
  readonly trials: number;
  /** Invalid ones, which do not count. */
  readonly leftOut: number;
  /** Middle of its repeats; null: not reached, or not known. */
  readonly value: number | null;
  /** 95 % of the mean of its repeats, or within the run of a single one; null: not known. */
  readonly low: number | null;
  readonly high: number | null;
  /** Beside the result before it: `environment.cpu "a" → "b"`. */
  readonly changes: readonly string[];
}

export interface FigureHistory {
  readonly target: string;
  readonly variant: Readonly<Record<string, SettingValue>>;
  readonly condition: string;
  readonly place: FigurePlace;
  readonly unit: ComparisonRow['unit'];
  readonly higherIsBetter: boolean;
  readonly points: readonly HistoryPoint[];
}

export interface StoredRun {
  readonly name: string;
  readonly result: RunResult;
}

/** `placesOf`: which figures of trials of one target, condition and variant; a result without a figure has no point. */
export function figureHistories(
  runs: readonly StoredRun[],
  placesOf: (trials: readonly TrialResult[], result: RunResult) => readonly FigurePlace[],
): FigureHistory[] {
  const inOrder = [...runs].sort((a, b) => a.result.run.startedAt.localeCompare(b.result.run.startedAt));
  const found = new Map<string, { first: TrialResult; place: FigurePlace; points: HistoryPoint[]; last: StoredRun }>();
  for (const run of inOrder) {
    const trials = run.result.trials.filter(({ purpose }) => purpose === undefined);
    for (const [cell, own] of Map.groupBy(trials, cellOf)) {
      const valid = own.filter(({ verdict }) => verdict.status !== 'invalid');
      const [first] = valid;
      if (first === undefined) continue;
      for (const place of placesOf(valid, run.result)) {
        const key = JSON.stringify([cell, place.phase, place.operation, place.metric]);
        const history = found.get(key) ?? { first, place, points: [], last: run };
        history.points.push(pointOf(run, history.last, valid, own.length - valid.length, place));
        history.last = run;
        found.set(key, history);
      }
    }
  }
  return [...found.values()].map(({ first, place, points }) => {
    const { target, variant, condition } = first;
    const { metric } = place;
    return { target, variant, condition, place, unit: unitOf(metric), higherIsBetter: isHigherBetter(metric), points };
  });
}

function pointOf(
  { name, result }: StoredRun,
  before: StoredRun,
  trials: readonly TrialResult[],
  leftOut: number,
  place: FigurePlace,
): HistoryPoint {
  const values = trials.map((trial) => figureOf(trial, place));
  const middle = middleOf(values);
  const [low, high] = whiskers(trials, values, place);
  const changes = runDifferences(before.result, result, name)
    .filter(({ what }) => what !== 'workload.seed' && what !== 'environment.gitCommit')
    .map(({ what, base, other }) => `${what} ${base ?? '(none)'} → ${other ?? '(none)'}`);
  const value = Number.isFinite(middle) ? middle : null;
  return { name, startedAt: result.run.startedAt, trials: trials.length, leftOut, value, low, high, changes };
}

function whiskers(
  trials: readonly TrialResult[],
  values: readonly (number | null)[],
  place: FigurePlace,
): readonly [number | null, number | null] {
  const [only, ...more] = trials;
  if (only !== undefined && more.length === 0) return withinRunOf(only, place) ?? [null, null];
  const logs = values.flatMap((value) =>
    value !== null && value > 0 && Number.isFinite(value) ? Math.log(value) : [],
  );
  if (logs.length < 2 || logs.length < values.length) return [null, null];
  return geometricInterval(logs);
}
