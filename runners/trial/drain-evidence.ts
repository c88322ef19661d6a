/** The end of a trial: load has stopped, and what was acknowledged may still be on its way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { EvidenceReader, evidenceKinds, isFinalRefusal, refusalCodes } from '../../targets/domain/evidence.ts';
import type { PlayedLoad } from './play-load.ts';

/** A backlog may take a while; without any growth of the evidence for this long nothing more is coming. */
const drainQuietMs = 3_000;
const doubtfulQuietMs = 1_500;
const longestDrainMs = 60_000;
const drainPollMs = 50;

export interface Drain {
  readonly waitedMs: number;
  readonly redelivered: number;
  /** Operations that the services say they have put aside. */
  readonly deadLettered: number;
}

/**
 * Waits until the service has applied, or refused for good, all that was acknowledged, or nothing more comes. What is tried
 * again and again and never done is nothing that comes.
 */
export async function drainEvidence(
  paths: readonly string[] | null,
  { acknowledged, notOk }: Pick<PlayedLoad, 'acknowledged' | 'notOk'>,
  signal: AbortSignal,
): Promise<Drain> {
  if (paths === null) return { waitedMs: 0, redelivered: 0, deadLettered: 0 };
  const reader = new EvidenceReader(...paths);
  const startedMs = performance.now();
  const settled = new DistinctOperations(); // what was tried again may be applied often before others are once
  const requeued = new DistinctOperations();
  const deadLettered = new DistinctOperations();
  let grewAtMs = startedMs;
  let redelivered = 0;
  for (;;) {
    let grew = false;
    for (const record of reader.more()) {
      const isRequeued = record.kind === evidenceKinds.refused && !isFinalRefusal(record.step);
      if (isRequeued) requeued.add(record);
      if (record.kind === evidenceKinds.refused && record.step === refusalCodes.deadLettered) deadLettered.add(record);
      const isSettled = record.kind === evidenceKinds.applied || (record.kind === evidenceKinds.refused && !isRequeued);
      if (isSettled) settled.add(record);
      if (isSettled || !requeued.has(record)) grew = true;
      if (record.kind === evidenceKinds.received && record.redelivered) redelivered++;
    }
    const nowMs = performance.now();
    if (grew) grewAtMs = nowMs;
    const quietMs = nowMs - grewAtMs;
    // What was applied without being acknowledged counts, too, and would hide as much that is still to come.
    const enoughQuietMs = notOk === 0 ? 0 : doubtfulQuietMs;
    if (settled.count >= acknowledged && !grew && quietMs >= enoughQuietMs) break;
    if (quietMs > drainQuietMs || nowMs - startedMs > longestDrainMs || signal.aborted) break;
    await sleep(drainPollMs);
  }
  return { waitedMs: performance.now() - startedMs, redelivered, deadLettered: deadLettered.count };
}
