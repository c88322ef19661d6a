/** The services whose delays are known, each as it is told and what it then has to show. */
import type { Protocol } from '../../result/result-types.ts';
import { slowBetween } from '../../targets/domain/slow-work.ts';
import type { CalibrationPlan } from './calibration-plan.ts';
import type { KnownService } from './calibration-scenario.ts';
import type { KnownDelay } from './check-delay.ts';
import { bimodalTruth, fixedTruth, stallTruth } from './known-truth.ts';

export interface ToldService {
  readonly behaviour: KnownService;
  readonly known: KnownDelay;
}

/** The stall comes first: its median, outside the stall, is the floor of the protocol. */
export function knownDelays(plan: CalibrationPlan, protocol: Protocol): readonly ToldService[] {
  return [stalled(plan, protocol), fixed(plan), bimodal(plan)];
}

function stalled(plan: CalibrationPlan, protocol: Protocol): ToldService {
  const { load, atMs, forMs } = plan.stall(protocol);
  const total = Math.ceil((load.ratePerSecond * load.durationMs) / 1e3);
  return {
    behaviour: { stall: { atMs, forMs } },
    known: {
      ...{ service: 'stall', load, quantiles: [0.5, 0.95, 0.99], stallUs: forMs * 1e3 },
      told: `stall ${forMs / 1e3} s`,
      truth: stallTruth(forMs * 1e3, 1e6 / load.ratePerSecond, total),
    },
  };
}

function fixed({ delays, fixedMs }: CalibrationPlan): ToldService {
  return {
    behaviour: { workTimeMs: fixedMs },
    known: {
      ...{ service: 'fixed', load: delays, quantiles: [0.5, 0.99] },
      told: `${fixedMs} ms`,
      truth: fixedTruth(fixedMs * 1e3),
    },
  };
}

function bimodal({ delays, bimodal: { fastMs, slowMs, slowShare } }: CalibrationPlan): ToldService {
  const { from, to } = numbersOf(delays);
  const slow = slowBetween(from, to, slowShare);
  return {
    behaviour: { workTimeMs: fastMs, slow: { share: slowShare, workTimeMs: slowMs } },
    known: {
      ...{ service: 'bimodal', load: delays, quantiles: [0.5, 0.99] },
      told: `${fastMs} or ${slowMs} ms`,
      truth: bimodalTruth(fastMs * 1e3, slowMs * 1e3, to - from, slow),
      slow: { truth: slow, beyondUs: ((fastMs + slowMs) / 2) * 1e3 },
    },
  };
}

/** Of the operations due after warm-up, by a constant rate: `from` … `to` − 1. */
export function numbersOf({ ratePerSecond, warmupMs, durationMs }: KnownDelay['load']): { from: number; to: number } {
  const firstFrom = (ms: number) => Math.ceil((ratePerSecond * ms) / 1e3 - 1e-9);
  return { from: firstFrom(warmupMs), to: firstFrom(warmupMs + durationMs) };
}
