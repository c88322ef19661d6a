/** What `bench calibrate --json` prints. Times are microseconds or milliseconds, as named; errors are shares of the truth. */
import type { CanaryFigures, Counts, EnvironmentResult, Protocol, Verdict } from './result-types.ts';

export const knownServices = ['stall', 'fixed', 'bimodal'] as const;
export type KnownServiceName = (typeof knownServices)[number];

/** One percentile of the response time of every offered operation. null: it falls among operations that never completed. */
export interface CalibratedFigure {
  /** 0–1 */
  readonly quantile: number;
  /** In closed form: what a service that does exactly as told, behind a network that takes no time, would give. */
  readonly truthUs: number;
  /** Intended start → effect, by the service's own evidence. It holds what the service did beyond its orders. */
  readonly serviceUs: number | null;
  readonly recordedUs: number | null;
  /** Recorded against the truth; null where the truth is 0. Nothing is subtracted. */
  readonly error: number | null;
  /** The same with the protocol's floor added to the truth. */
  readonly errorBeyondFloor: number | null;
  /** Recorded against the service's account: in between lies the answer's way back. null where the truth is 0. */
  readonly errorToService: number | null;
}

/** Where the time of a stall shows. */
export interface StallAccount {
  /** Operations whose service time is a tenth of the stall or more. */
  readonly slowInService: number;
  readonly serviceP99Us: number | null;
  readonly connectionWaitP99Us: number | null;
  readonly sendLagP99Us: number | null;
}

export interface DelayCheck {
  readonly protocol: Protocol;
  readonly service: KnownServiceName;
  /** What the service was told, in words. */
  readonly told: string;
  readonly ratePerSecond: number;
  readonly durationMs: number;
  /** Median response time of this protocol in this run while nothing is delayed: before the stall. null: not measured. */
  readonly floorUs: number | null;
  readonly figures: readonly CalibratedFigure[];
  /** For two delays: operations that took longer than halfway between them. */
  readonly slow: { readonly truth: number; readonly recorded: number } | null;
  readonly stall: StallAccount | null;
  readonly counts: Counts;
  readonly verdict: Verdict;
}

/** What this machine can tell apart over a protocol: a service without delay, at a steady rate. */
export interface ResolutionCheck {
  readonly protocol: Protocol;
  readonly ratePerSecond: number;
  readonly durationMs: number;
  /** Of the responses; null: too few, or not reached. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  /** The instrument's own error; null: no canary came back. */
  readonly canary: CanaryFigures | null;
  readonly verdict: Verdict;
}

export interface PacingCheck {
  readonly protocol: Protocol;
  readonly ratePerSecond: number;
  readonly mode: string;
  /** null: too few arrivals for this percentile. */
  readonly sendLagUs: { readonly p50: number | null; readonly p99: number | null; readonly max: number | null };
  /** CPU of the whole generator, requests included; null where it is not known. */
  readonly generatorCores: number | null;
  readonly generatorUsPerOperation: number | null;
  readonly verdict: Verdict;
}

export interface RateProbe {
  readonly ratePerSecond: number;
  readonly goodputPerSecond: number;
  readonly verdict: Verdict;
}

/** A quick look, not a capacity figure: short probes on a ladder of rates. */
export interface HighestRate {
  readonly protocol: Protocol;
  /** Of the probes that nothing but their resolution stands against; null: there is none. */
  readonly ratePerSecond: number | null;
  /** `notValid`: the next probe was not. `ladderEnd`: every rate was. `timeOver`: there was no time to go on. */
  readonly ended: 'notValid' | 'ladderEnd' | 'timeOver';
  readonly probes: readonly RateProbe[];
}

export interface CalibrationResult {
  readonly schemaVersion: 1;
  readonly status: 'complete' | 'interrupted';
  readonly quick: boolean;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly environment: EnvironmentResult;
  /** Load average of the last minute before anything was started: above 0, others were at work. */
  readonly loadAverageBefore: number;
  readonly resolutions: readonly ResolutionCheck[];
  readonly delays: readonly DelayCheck[];
  readonly pacing: readonly PacingCheck[];
  readonly highestRates: readonly HighestRate[];
}
