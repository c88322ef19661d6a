/**
 * A stall at a known time. The service blocks its own event loop rather than being stopped by a signal: it wakes a little
 * early and polls, so both ends lie within tens of microseconds of the plan, where a signal from outside comes as late as
 * its sender's timer and the delivery to each thread make it. To a client both look the same: the kernel takes what is
 * sent, and nobody reads it.
 */
import { monotonicNowUs } from '../../result/monotonic-clock.ts';

export interface ServiceStall {
  /** After the end of warm-up. */
  readonly atMs: number;
  readonly forMs: number;
}

const wakeEarlyMs = 5;

/** `zeroUs`: monotonic time of the end of warm-up. */
export function stallOnce({ atMs, forMs }: ServiceStall, zeroUs: number): void {
  const fromUs = zeroUs + atMs * 1e3;
  const poll = (): void => {
    if (monotonicNowUs() < fromUs) setImmediate(poll);
    else blockUntil(fromUs + forMs * 1e3);
  };
  setTimeout(poll, Math.max(0, (fromUs - monotonicNowUs()) / 1e3 - wakeEarlyMs));
}

function blockUntil(untilUs: number): void {
  const leftMs = (untilUs - monotonicNowUs()) / 1e3;
  if (leftMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, leftMs);
}
