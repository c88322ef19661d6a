import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when `work` is over, however it ends, or after so long: closing waits for answers that a dead peer never gives. */
export async function bounded(mostMs: number, work: Promise<unknown> | null | undefined): Promise<void> {
  await Promise.race([work?.catch(() => undefined), sleep(mostMs, undefined, { ref: false })]);
}
