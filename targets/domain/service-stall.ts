/**
 * A stall at a known time. The service blocks its own event loop rather than being stopped by a signal: it wakes a little
 * early and polls for either end, where a signal from outside comes as late as its sender's timer makes it. To a client
 * both look the same: the kernel takes what is sent, and nobody reads it.
 */
import { monotonicNowUs } from '../../result/monotonic-clock.ts';

export interface ServiceStall {
  /** After the end of warm-up. */
  readonly atMs: number;
  readonly forMs: number;
}

const wakeEarlyMs = 5;
/** Waking from a wait takes about 0.2 ms. */
const spinMs = 1;

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
  const idleMs = (untilUs - monotonicNowUs()) / 1e3 - spinMs;
  if (idleMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, idleMs);
  while (monotonicNowUs() < untilUs);
}
