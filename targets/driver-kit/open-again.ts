/** What was lost is opened again, try after try. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface OpeningAgain {
  /** Before each try, ms: e.g. `ReconnectWaits`. */
  readonly waits: { next(): number };
  /** Nobody wants it any more. */
  readonly isOver: () => boolean;
}

/** Resolves with true once `open` has; as long as it rejects its peer is not back yet. False: it was over before that. */
export async function openAgain(open: () => Promise<void>, { waits, isOver }: OpeningAgain): Promise<boolean> {
  while (!isOver()) {
    await sleep(waits.next(), undefined, { ref: false });
    if (isOver()) return false;
    try {
      await open();
      return true;
    } catch {} // tried again
  }
  return false;
}
