/** The end of a trial with flows: load has stopped, and what was begun may still be on its way between the parts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EvidenceReader } from '../../targets/domain/evidence.ts';
import type { FlowPending } from './trial-records.ts';

/** Parts that have nothing in hand for so long, with nothing new on record, will not move anything any more. */
const quietMs = 1_000;
/** A last word of a broker may be older than the event that is on its way. */
const mostSilentMs = 5_000;
const longestDrainMs = 60_000;
const pollMs = 100;

export interface DrainedFlows {
  readonly waitedMs: number;
  readonly pending: FlowPending;
}

/** Waits until no part could move a flow any more; resolves with what they could, where that took too long. */
export async function drainFlows(
  evidencePaths: readonly string[],
  askPending: () => Promise<FlowPending>,
  signal: AbortSignal,
): Promise<DrainedFlows> {
  const reader = new EvidenceReader(...evidencePaths);
  const startedMs = performance.now();
  let grewAtMs = startedMs;
  for (;;) {
    for (const _ of reader.more()) grewAtMs = performance.now();
    const pending = await askPending();
    const nowMs = performance.now();
    const silentMs = nowMs - grewAtMs;
    const isOver = isQuiet(pending) ? silentMs >= quietMs : isUnknown(pending) && silentMs >= mostSilentMs;
    if (isOver || nowMs - startedMs > longestDrainMs || signal.aborted) return { waitedMs: nowMs - startedMs, pending };
    await sleep(pollMs);
  }
}

function isQuiet(pending: FlowPending): boolean {
  return Object.values(pending).every((work) => work !== null && work.inHand.length === 0 && work.queued === 0);
}

/** Somebody does not say, and nobody who does has anything. */
function isUnknown(pending: FlowPending): boolean {
  return Object.values(pending).every((work) => work === null || work.inHand.length === 0);
}
