/**
 * The pacer thread: it sleeps in Atomics.wait, whose time-out takes fractions of a millisecond, and wakes the load
 * worker by a message when arrivals fall due. A runtime timer is at best 1 ms coarse, which is most of a loopback latency.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { ArrivalSpec } from '../schedule/arrival-schedule.ts';
import { ArrivalCursor } from './arrival-cursor.ts';
import { LoadClock, LoadSignals, type PlannedWarmup } from './load-clock.ts';

export interface PacerOptions {
  readonly arrivals: ArrivalSpec;
  /** This worker takes arrivals worker, worker + workers, … */
  readonly worker: number;
  readonly workers: number;
  readonly startUs: number;
  readonly pacing: Pacing;
  readonly warmup: PlannedWarmup;
  /** The memory of the LoadSignals. */
  readonly signals: SharedArrayBuffer;
}

export interface Pacing {
  /** `spin`: woken early, the load loop then polls until due; `wake`: woken when due, several arrivals at a time. */
  readonly mode: 'spin' | 'wake';
  readonly leadUs: number;
  readonly leastGapUs: number;
}

/** Spinning takes the send lag to nearly nothing but costs CPU with each arrival, so only low rates have it. */
const highestSpinRate = 2_000;
/** A machine that is all but idle wakes later than a busy one: there a longer lead is needed, and costs next to nothing. */
const idleRate = 200;

export function pacingFor(ratePerSecond: number): Pacing {
  if (ratePerSecond > highestSpinRate) return { mode: 'wake', leadUs: 0, leastGapUs: 100 };
  return { mode: 'spin', leadUs: ratePerSecond < idleRate ? 400 : 120, leastGapUs: 0 };
}

/** The end of the warm-up is announced at least this long ahead; until then nobody sleeps longer. */
export const announcedAheadUs = 200_000;
const longestSleepUs = announcedAheadUs / 2;

function run(options: PacerOptions, wake: () => void): void {
  const { leadUs, leastGapUs } = options.pacing;
  const signals = new LoadSignals(options.signals);
  const clock = new LoadClock(options.startUs, options.warmup, signals);
  const cursor = new ArrivalCursor(options.arrivals, options.warmup, options.worker, options.workers);
  let lastUs = Number.NEGATIVE_INFINITY;
  for (let dueUs = cursor.dueUs(clock); dueUs !== null && !signals.stopped; dueUs = cursor.dueUs(clock)) {
    const waitUs = Math.max(dueUs - leadUs, lastUs + leastGapUs) - monotonicNowUs();
    const sleepUs = clock.isDecided ? waitUs : Math.min(waitUs, longestSleepUs);
    if (sleepUs > 0) signals.sleep(sleepUs);
    if (sleepUs < waitUs) continue;
    if (signals.stopped) return;
    wake();
    lastUs = monotonicNowUs();
    for (let next: number | null = dueUs; next !== null && next <= lastUs + leadUs; next = cursor.dueUs(clock)) {
      cursor.next();
    }
  }
  wake();
}

if (parentPort !== null && (workerData as { pacer?: PacerOptions } | null)?.pacer !== undefined) {
  const port = parentPort;
  run((workerData as { pacer: PacerOptions }).pacer, () => port.postMessage(0));
}
