import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultPart, FaultProof } from './fault-kind.ts';

/** Nothing taken up for so long: it stands still. */
const stillMs = 300;

/** Proof that a service takes nothing up; what was under way to it may still come. null: it always did. */
export async function untilStill({ adjust }: FaultPart, mostMs: number): Promise<FaultProof | null> {
  if (adjust === undefined) return null;
  let before = await adjust({});
  for (let waitedMs = 0; waitedMs < mostMs; waitedMs += stillMs) {
    await sleep(stillMs);
    const now = await adjust({});
    if (now === before) return { operationsTaken: 0, overMs: stillMs };
    before = now;
  }
  return null;
}
