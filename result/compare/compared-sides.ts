/** What a comparison is asked, and which trials of two runs stand beside each other. */

import type { RunResult, TrialResult } from '../result-types.ts';
import { leastNoiseRuns } from '../statistics/log-difference.ts';
import type { Gate } from './comparison-gates.ts';
import type { ComparisonMethod } from './comparison-result.ts';
import { cellOf } from './run-differences.ts';

export interface NamedRun {
  readonly name: string;
  readonly result: RunResult;
  /** What only this side has; see `ComparedSide`. */
  readonly settings?: readonly string[];
}

export interface CompareOptions {
  /** The same number on both sides is one moment in time. */
  readonly isInterleaved?: boolean;
  readonly blocks?: readonly ('AB' | 'BA')[];
  /** A stored A/A set: runs of one and the same on this machine. */
  readonly noise?: readonly RunResult[];
  readonly minEffect: number;
  /** Empty: what is usual, see `figurePlaces`. */
  readonly metrics: readonly string[];
  readonly gates: readonly Gate[];
  readonly isForced: boolean;
}

export function methodOf({ isInterleaved, noise = [] }: CompareOptions): ComparisonMethod {
  if (isInterleaved === true) return 'interleaved';
  return noise.length >= leastNoiseRuns ? 'baselineNoise' : 'stored';
}

/** Without those that were tried on the way to a rate. */
export function ofItself({ trials }: RunResult): TrialResult[] {
  return trials.filter(({ purpose }) => purpose === undefined);
}

export function counted(result: RunResult): TrialResult[] {
  return ofItself(result).filter(({ verdict }) => verdict.status !== 'invalid');
}

export function isSame(one: RunResult, two: RunResult): boolean {
  const moments = ({ run, trials }: RunResult) =>
    [run.id, run.startedAt, ...trials.map(({ startedAt }) => startedAt)].join();
  return moments(one) === moments(two);
}

export function ofCell(result: RunResult, cell: string): TrialResult[] {
  return counted(result).filter((trial) => cellOf(trial) === cell);
}

/** Interleaved: those of whole blocks, in one order for both. */
export function sidesOf(cell: string, one: RunResult, two: RunResult, method: ComparisonMethod) {
  const [base, other] = [ofCell(one, cell), ofCell(two, cell)] as const;
  if (method !== 'interleaved') return [base, other] as const;
  const pairs = base.flatMap((trial) => {
    const its = other.find(({ repeat }) => repeat === trial.repeat);
    return its === undefined ? [] : [[trial, its] as const];
  });
  return [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const;
}
