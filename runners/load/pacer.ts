/**
 * The pacer thread: it sleeps in Atomics.wait, whose time-out takes fractions of a millisecond, and wakes the load
 * worker by a message when arrivals fall due. A runtime timer is at best 1 ms coarse, which is most of a loopback latency.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { type ArrivalSpec, createArrivalSchedule } from '../schedule/arrival-schedule.ts';

export interface PacerOptions {
  readonly arrivals: ArrivalSpec;
  /** This worker takes arrivals worker, worker + workers, … */
  readonly worker: number;
  readonly workers: number;
  readonly startUs: number;
  readonly pacing: Pacing;
  /** One Int32 cell; notified (and set to 1) to stop. */
  readonly stop: SharedArrayBuffer;
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

function run(options: PacerOptions, wake: () => void): void {
  const schedule = createArrivalSchedule(options.arrivals);
  const { leadUs, leastGapUs } = options.pacing;
  const stop = new Int32Array(options.stop);
  let lastUs = Number.NEGATIVE_INFINITY;
  let index = options.worker;
  let offsetUs = schedule.offsetUs(index);
  while (offsetUs !== null) {
    const dueUs = options.startUs + offsetUs;
    const waitUs = Math.max(dueUs - leadUs, lastUs + leastGapUs) - monotonicNowUs();
    if (waitUs > 0 && Atomics.wait(stop, 0, 0, waitUs / 1e3) !== 'timed-out') return;
    if (Atomics.load(stop, 0) !== 0) return;
    wake();
    lastUs = monotonicNowUs();
    while (offsetUs !== null && options.startUs + offsetUs <= lastUs + leadUs) {
      index += options.workers;
      offsetUs = schedule.offsetUs(index);
    }
  }
  wake();
}

if (parentPort !== null && (workerData as { pacer?: PacerOptions } | null)?.pacer !== undefined) {
  const port = parentPort;
  run((workerData as { pacer: PacerOptions }).pacer, () => port.postMessage(0));
}
