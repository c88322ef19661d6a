/** What an agent's workers recorded in its own clock, in the controller's. Durations began and ended on one clock and stay. */
import type { WorkerData } from '../load/worker-messages.ts';
import { LogChunk } from '../recording/log-chunk.ts';

/** Theirs less ours, µs, at a time of theirs. */
export type OffsetAt = (theirUs: number) => number;

/** All but the log. */
export function recordsInOurTime<Data extends Pick<WorkerData, 'breakerChanges'>>(
  data: Data,
  offsetAt: OffsetAt,
): Data {
  const breakerChanges = data.breakerChanges.map((change) => ({
    ...change,
    atUs: change.atUs - offsetAt(change.atUs),
  }));
  return { ...data, breakerChanges };
}

/** Changes `bytes` in place. */
export function chunkInOurTime(bytes: Uint8Array, offsetAt: OffsetAt): Uint8Array {
  const { intendedUs } = new LogChunk(bytes);
  for (let index = 0; index < intendedUs.length; index++) {
    const us = intendedUs[index] as number;
    if (us !== 0) intendedUs[index] = us - offsetAt(us); // the rest of a last chunk is empty
  }
  return bytes;
}
