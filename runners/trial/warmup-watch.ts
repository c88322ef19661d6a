/**
 * `warmup: auto`: ends the warm-up when p50, throughput and CPU of three successive seconds agree. The same rule for
 * all targets and both models.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LatencyCounts } from '../../result/latency-counts.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { LoadClock } from '../load/load-clock.ts';
import type { LoadSource } from '../load/load-source.ts';
import { announcedAheadUs } from '../load/pacer.ts';
import type { SecondReport } from '../load/worker-messages.ts';

/** Documented in the docs/fairness.md: change both. */
const steadyRule = {
  secondsThatAgree: 3,
  /** Largest and smallest of the three, to the smallest. */
  tolerance: 0.05,
  /** CPU figures this close agree too, in cores: the kernel counts in ticks of 10 ms. */
  cpuToleranceCores: 0.03,
} as const;

/** The end is announced ahead of time and lies on a mark of the timeline. */
const endMarkMs = 500;

export interface SteadySecond {
  readonly second: number;
  readonly spanMs: number;
  /** Successful completions of all workers. */
  readonly ok: LatencyCounts;
  /** CPU of generator, service, broker and proxy. */
  readonly cpuCores: number;
}

/**
 * What chance alone explains does not count as a difference, or a low rate would never be steady: the spread of
 * Poisson counts (three standard deviations), and, for the median, its own order-statistics interval (95 %).
 */
export function isSteady(seconds: readonly SteadySecond[]): boolean {
  const last = seconds.slice(-steadyRule.secondsThatAgree);
  const inARow = last.every(({ second }, index) => second === (last[0]?.second ?? 0) + index);
  const fewest = Math.min(...last.map(({ ok }) => ok.count));
  if (last.length < steadyRule.secondsThatAgree || !inARow || fewest === 0) return false;
  const tolerance = Math.max(steadyRule.tolerance, 3 / Math.sqrt(fewest));
  const throughput = last.map(({ ok, spanMs }) => ok.count / spanMs);
  const cpu = last.map(({ cpuCores }) => cpuCores);
  return (
    spread(throughput) <= tolerance &&
    (spread(cpu) <= tolerance || Math.max(...cpu) - Math.min(...cpu) <= steadyRule.cpuToleranceCores) &&
    mediansAgree(last.map(({ ok }) => ok))
  );
}

const spread = (values: readonly number[]) => Math.max(...values) / Math.min(...values) - 1;

function mediansAgree(all: readonly LatencyCounts[]): boolean {
  const at = (quantile: (half: number) => number) =>
    all.map((counts) => counts.atQuantile(Math.min(1, Math.max(0, quantile(1 / Math.sqrt(counts.count))))) ?? 0);
  if (spread(at(() => 0.5)) <= steadyRule.tolerance) return true;
  return Math.max(...at((half) => 0.5 - half)) <= Math.min(...at((half) => 0.5 + half));
}

/** Puts the seconds of several workers together. */
export class SecondsOfLoad {
  readonly #workers: number;
  readonly #cpuUs: () => number;
  readonly #open = new Map<number, SecondReport[]>();
  readonly #seconds: SteadySecond[] = [];
  #lastCpuUs: number;
  #lastAtUs: number;

  /** `cpuUs`: used so far by all that takes part, µs. */
  constructor(workers: number, cpuUs: () => number) {
    this.#workers = workers;
    this.#cpuUs = cpuUs;
    this.#lastCpuUs = cpuUs();
    this.#lastAtUs = monotonicNowUs();
  }

  get all(): readonly SteadySecond[] {
    return this.#seconds;
  }

  /** True when a second is complete: all workers have told of it. */
  add(report: SecondReport): boolean {
    const reports = this.#open.get(report.second) ?? [];
    reports.push(report);
    this.#open.set(report.second, reports);
    if (reports.length < this.#workers) return false;
    this.#open.delete(report.second);
    const ok = new LatencyCounts();
    for (const one of reports) ok.add(one.ok);
    const cpuUs = this.#cpuUs();
    const atUs = monotonicNowUs();
    const cpuCores = (cpuUs - this.#lastCpuUs) / (atUs - this.#lastAtUs);
    this.#lastCpuUs = cpuUs;
    this.#lastAtUs = atUs;
    const spanMs = reports.reduce((sum, one) => sum + one.spanMs, 0) / reports.length;
    this.#seconds.push({ second: report.second, spanMs, ok, cpuCores });
    return true;
  }
}

/**
 * Resolves just after the end of the warm-up was announced, or when the longest is over: then it was not steady. Call
 * it before the load begins. Rejects when the signal comes first.
 */
export async function endWarmupWhenSteady(
  load: LoadSource,
  clock: LoadClock,
  longestMs: number,
  cpuUs: () => number,
  signal: AbortSignal,
): Promise<'steady' | 'notSteady'> {
  const seconds = new SecondsOfLoad(load.workers, cpuUs);
  const steady = new AbortController();
  load.onSecond((report) => {
    if (clock.isDecided || !seconds.add(report) || !isSteady(seconds.all)) return;
    const earliestMs = (monotonicNowUs() + 1.5 * announcedAheadUs - clock.startUs) / 1e3;
    const endMs = Math.ceil(earliestMs / endMarkMs) * endMarkMs;
    load.signals.endWarmup(Math.min(endMs, longestMs));
    steady.abort();
  });
  const restMs = longestMs - (monotonicNowUs() - clock.startUs) / 1e3;
  await sleep(Math.max(0, restMs), undefined, { signal: AbortSignal.any([signal, steady.signal]) }).catch(
    () => undefined,
  );
  signal.throwIfAborted();
  if (steady.signal.aborted) return 'steady';
  load.signals.endWarmup(longestMs); // as planned; now all know that nothing else is to come
  return 'notSteady';
}
