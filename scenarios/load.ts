/** How much load there is, and for how long. */
import type { Threshold } from '../result/thresholds.ts';
import type { ArrivalTimeUnit } from './arrival-file.ts';

interface LoadBase {
  readonly warmupMs: number;
  /** `warmup: auto`: it ends when the load is steady; `warmupMs` is the longest. */
  readonly warmupUntilSteady: boolean;
  readonly durationMs: number;
  readonly maxInFlight: number;
  /** Load worker threads. */
  readonly threads: number;
}

/** A stretch of the load at a rate that is steady, or changes evenly. */
export interface RateStage {
  readonly forMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

export interface OpenLoad extends LoadBase {
  readonly model: 'open';
  readonly arrivals: 'poisson' | 'constant' | 'recorded';
  /** Of recorded arrivals: their file, an absolute path. */
  readonly recording: { readonly path: string; readonly unit: ArrivalTimeUnit } | null;
  /** `rate: max`: how the highest rate is sought; null: the rate is given. */
  readonly search: RateSearch | null;
  /** With stages: the highest of them; of a search: the highest to be tried; of recorded arrivals: in their fullest second. */
  readonly ratePerSecond: number;
  /** The measured part, one after the other; a plain rate is one stage, and so is a recording, at its mean rate. */
  readonly stages: readonly RateStage[];
}

/** Which rates are tried, and what has to hold at them. */
export interface RateSearch {
  /** Of all targets. */
  readonly slo: readonly Threshold[];
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  /** A share: 0.05 is 5 %. */
  readonly precision: number;
  /** Trials at shares of the highest rate follow, for what operations cost. Absent: none do. */
  readonly cost?: boolean;
}

/** A stretch of a closed load with as many users throughout, or evenly more or fewer. */
export interface UserStage {
  readonly forMs: number;
  readonly fromUsers: number;
  readonly toUsers: number;
}

export interface ClosedLoad extends LoadBase {
  readonly model: 'closed';
  /** With stages: at most. */
  readonly users: number;
  /** One after the other, from the end of warm-up; absent: always as many. */
  readonly userStages?: readonly UserStage[];
  readonly thinkTimeMs: number;
}

export type Load = OpenLoad | ClosedLoad;
