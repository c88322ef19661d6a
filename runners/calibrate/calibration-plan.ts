/**
 * How long each part of a calibration takes: all of it under two minutes on two cores, the start of the brokers included.
 * A trial costs about 0.9 s beside its load (2 s on a stream), which is why there are few and short ones.
 */
import type { Protocol } from '../../result/result-types.ts';
import { factsOf } from '../../scenarios/protocols/registry.ts';
import type { CalibrationLoad } from './calibration-scenario.ts';

export interface StallPlan {
  readonly load: CalibrationLoad;
  readonly atMs: number;
  readonly forMs: number;
}

export interface CalibrationPlan {
  readonly quick: boolean;
  readonly brokerWarmUpMs: number;
  readonly resolution: CalibrationLoad;
  readonly stall: (protocol: Protocol) => StallPlan;
  readonly delays: CalibrationLoad;
  readonly fixedMs: number;
  readonly bimodal: { readonly fastMs: number; readonly slowMs: number; readonly slowShare: number };
  readonly pacingRates: readonly number[];
  readonly pacing: (ratePerSecond: number) => CalibrationLoad;
  readonly probe: (ratePerSecond: number) => CalibrationLoad;
  /** Rising; the search begins at `firstRate`. */
  readonly ladder: readonly number[];
  readonly firstRate: number;
  /** No probe begins later than this after the start. */
  readonly probesUntilMs: number;
}

/** Timers are a millisecond coarse at both ends of Node's clock: against these delays that is a few per cent at most. */
const delays = { fixedMs: 20, bimodal: { fastMs: 10, slowMs: 100, slowShare: 0.1 } } as const;

/** 1,000 arrivals are what a p99 takes. */
const delayRate = 800;
const stallRate = 1_000;
const slowestRate = 10;

const shortLoad = (ratePerSecond: number, durationMs: number): CalibrationLoad => ({
  ratePerSecond,
  warmupMs: 200,
  durationMs,
});

export const fullPlan: CalibrationPlan = {
  quick: false,
  brokerWarmUpMs: 3_000,
  // 200 canaries: their p90 has twice what it takes beyond it.
  resolution: { ratePerSecond: 500, warmupMs: 500, durationMs: 4_000 },
  // The long one where the wait for a connection shows; the others have a second's stall in a shorter load.
  stall: (protocol) =>
    factsOf({ protocol }).carriesOneAtATime
      ? { load: { ratePerSecond: stallRate, warmupMs: 1_000, durationMs: 10_000 }, atMs: 4_000, forMs: 1_000 }
      : { load: { ratePerSecond: stallRate, warmupMs: 300, durationMs: 2_500 }, atMs: 700, forMs: 1_000 },
  delays: shortLoad(delayRate, 1_250),
  ...delays,
  pacingRates: [10, 100, 1_000, 2_000, 5_000, 10_000, 20_000],
  pacing: (rate) => shortLoad(rate, rate === slowestRate ? 2_000 : 1_000),
  probe: (rate) => shortLoad(rate, 600),
  ladder: [1_000, 2_000, 5_000, 10_000, 20_000, 40_000],
  firstRate: 5_000,
  probesUntilMs: 105_000,
};

/** A look in a few seconds, with larger errors: percentiles of fewer operations. */
export const quickPlan: CalibrationPlan = {
  ...fullPlan,
  quick: true,
  brokerWarmUpMs: 1_000,
  resolution: { ratePerSecond: 500, warmupMs: 300, durationMs: 2_200 },
  stall: () => ({ load: shortLoad(500, 2_000), atMs: 500, forMs: 400 }),
  delays: shortLoad(delayRate, 1_250),
  pacingRates: [1_000],
  ladder: [1_000, 2_000],
  firstRate: 1_000,
  probesUntilMs: 30_000,
};
