/** Whether a broker that is being warmed up is warm: a JVM compiles for a while, and what an operation costs it falls meanwhile. */
import { monotonicNowUs } from '../result/monotonic-clock.ts';
import type { BrokerWarmUp } from '../result/result-types.ts';
import type { SupervisedProcess } from '../targets/process/supervised-process.ts';
import { sampleCpu } from './recording/cpu-account.ts';
import type { RunEvent } from './run-events.ts';

/** Documented in docs/fairness.md: change both. */
export const warmRule = {
  secondsThatAgree: 3,
  /** Largest and smallest of the three, to the smallest. */
  tolerance: 0.1,
  /** CPU figures this close agree too, in cores: the kernel counts in ticks of 10 ms. */
  toleranceCores: 0.02,
} as const;

export interface WarmSecond {
  readonly operations: number;
  readonly cpuUs: number;
  readonly durationMs: number;
}

/** Of the last seconds: by how much CPU an operation differs, largest to smallest less 1; null: too few seconds, or nothing done. */
export function spreadOf(seconds: readonly WarmSecond[]): number | null {
  const last = seconds.slice(-warmRule.secondsThatAgree);
  if (last.length < warmRule.secondsThatAgree) return null;
  const costs = last.map(({ operations, cpuUs }) => cpuUs / operations);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  return least > 0 && Number.isFinite(most) ? most / least - 1 : null;
}

export function isWarm(seconds: readonly WarmSecond[]): boolean {
  const spread = spreadOf(seconds);
  if (spread === null) return false;
  const cores = seconds.slice(-warmRule.secondsThatAgree).map(({ cpuUs, durationMs }) => cpuUs / 1e3 / durationMs);
  return spread <= warmRule.tolerance || Math.max(...cores) - Math.min(...cores) <= warmRule.toleranceCores;
}

type Progress = Extract<RunEvent, { type: 'progress' }>;

/** Of one broker, while its warm-up is played. */
export class BrokerWarmth {
  readonly #broker: readonly SupervisedProcess[];
  readonly #seconds: WarmSecond[] = [];
  readonly #warm: () => void;
  #operations = 0;
  #lastProgressMs = 0;
  #from: { readonly atUs: number; readonly cpuUs: number } | null = null;

  /** `warm` is called once CPU an operation is steady; never where the broker's CPU is not known. */
  constructor(broker: readonly SupervisedProcess[], warm: () => void) {
    this.#broker = broker;
    this.#warm = warm;
  }

  progress({ elapsedMs, ratePerSecond }: Progress): void {
    this.#operations += (ratePerSecond * (elapsedMs - this.#lastProgressMs)) / 1e3;
    this.#lastProgressMs = elapsedMs;
    const cpuUs = sampleCpu({ broker: this.#broker }).usedUs.broker;
    if (cpuUs === null) return;
    const atUs = monotonicNowUs();
    const { atUs: fromUs, cpuUs: fromCpuUs } = this.#from ?? { atUs, cpuUs };
    if (this.#from !== null && atUs - fromUs < 0.9e6) return;
    if (this.#from !== null) {
      const durationMs = (atUs - fromUs) / 1e3;
      this.#seconds.push({ operations: this.#operations, cpuUs: cpuUs - fromCpuUs, durationMs });
    }
    this.#from = { atUs, cpuUs };
    this.#operations = 0;
    if (isWarm(this.#seconds)) this.#warm();
  }

  /** So far. */
  result(): BrokerWarmUp {
    const spread = spreadOf(this.#seconds);
    return {
      durationMs: Math.round(this.#lastProgressMs),
      steady: this.#seconds.length === 0 ? null : isWarm(this.#seconds),
      spread: spread === null ? null : Math.round(spread * 1e3) / 1e3,
    };
  }
}
