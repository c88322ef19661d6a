/** From a trial against a service whose delays are known to the errors of what was recorded. */

import type { CalibratedFigure, DelayCheck, KnownServiceName, StallAccount } from '../../result/calibration-result.ts';
import { decodeLatencyCounts, highestLatencyUs, LatencyCounts } from '../../result/latency-counts.ts';
import type { LatencyName, Protocol, TrialResult } from '../../result/result-types.ts';
import type { CalibrationLoad } from './calibration-scenario.ts';
import type { TruthAt } from './known-truth.ts';

export interface KnownDelay {
  readonly service: KnownServiceName;
  readonly told: string;
  readonly load: CalibrationLoad;
  readonly truth: TruthAt;
  readonly quantiles: readonly number[];
  /** For two delays: how many operations are slow, and the latency that tells them apart. */
  readonly slow?: { readonly truth: number; readonly beyondUs: number };
  readonly stallUs?: number;
}

export interface PlayedDelay {
  readonly protocol: Protocol;
  readonly trial: TrialResult;
  /** null: operations were dropped, so their numbers no longer tell when they were due. */
  readonly account: LatencyCounts | null;
  /** null: this trial is the one that shows it, or it was not measured. */
  readonly floorUs: number | null;
}

export function checkDelay(known: KnownDelay, { protocol, trial, account, floorUs }: PlayedDelay): DelayCheck {
  const steady = trial.phases.steady;
  if (steady === undefined) throw new Error(`trial ${trial.id} has no steady phase`);
  const recorded = recordedLatency(trial, 'offered');
  const total = steady.counts.offered;
  const figures = known.quantiles.map((quantile): CalibratedFigure => {
    const truthUs = known.truth(quantile);
    const recordedUs = reached(recorded, quantile, total);
    const serviceUs = account === null ? null : reached(account, quantile, total);
    return {
      quantile,
      truthUs,
      serviceUs,
      recordedUs,
      error: errorOf(recordedUs, truthUs),
      errorBeyondFloor: floorUs === null || truthUs === 0 ? null : errorOf(recordedUs, truthUs + floorUs),
      errorToService: truthUs === 0 ? null : errorOf(recordedUs, serviceUs),
    };
  });
  const { slow, stallUs } = known;
  return {
    protocol,
    service: known.service,
    told: known.told,
    ratePerSecond: known.load.ratePerSecond,
    durationMs: known.load.durationMs,
    floorUs,
    figures,
    slow: slow === undefined ? null : { truth: slow.truth, recorded: countBeyond(recorded, slow.beyondUs) },
    stall: stallUs === undefined ? null : stallAccount(trial, stallUs),
    counts: steady.counts,
    verdict: trial.verdict,
  };
}

function stallAccount(trial: TrialResult, stallUs: number): StallAccount {
  const p99 = (name: LatencyName) => recordedLatency(trial, name).atQuantile(0.99);
  return {
    slowInService: countBeyond(recordedLatency(trial, 'service'), stallUs / 10),
    serviceP99Us: p99('service'),
    connectionWaitP99Us: p99('connectionWait'),
    sendLagP99Us: p99('sendLag'),
  };
}

/** Of the steady phase; empty where nothing was recorded. */
function recordedLatency(trial: TrialResult, name: LatencyName): LatencyCounts {
  const encoded = trial.histograms.steady?.[name];
  return encoded === undefined ? new LatencyCounts() : decodeLatencyCounts(encoded);
}

/** The median of the intervals' medians that lie before `beforeMs` of the measured time; null: there is none. */
export function medianBefore(trial: TrialResult, beforeMs: number): number | null {
  const { timeline } = trial;
  const intervalMs = (timeline[1]?.atMs ?? 0) - (timeline[0]?.atMs ?? 0);
  const medians = timeline
    .filter(({ atMs }) => atMs >= 0 && atMs + intervalMs <= beforeMs)
    .flatMap(({ p50Us }) => (p50Us === null ? [] : [p50Us]))
    .sort((a, b) => a - b);
  return medians[Math.floor((medians.length - 1) / 2)] ?? null;
}

/** In `offered`, what never completed stands at the end of the range. */
function reached(latencies: LatencyCounts, quantile: number, total: number): number | null {
  const us = latencies.atQuantile(quantile, total);
  return us === null || us >= highestLatencyUs ? null : us;
}

/** Three decimals of a per cent are more than a histogram of three digits holds. */
function errorOf(us: number | null, truthUs: number | null): number | null {
  if (us === null || truthUs === null || truthUs === 0) return null;
  return Math.round(((us - truthUs) / truthUs) * 1e5) / 1e5;
}

function countBeyond(latencies: LatencyCounts, beyondUs: number): number {
  let count = 0;
  for (const cell of latencies.filled()) if (cell.valueUs > beyondUs) count += cell.count;
  return count;
}
