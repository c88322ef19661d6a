/** For tests of real processes: waits for what can only be looked at. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcessStat } from './process-tree.ts';

/** Resolves with the first value that is neither false, null nor undefined; rejects when none came in time. */
export async function until<T>(what: string, look: () => T | Promise<T>, timeoutMs = 10_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + timeoutMs; ; await sleep(20)) {
    const found = await look();
    if (found !== false && found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
  }
}

/** Runs and is no zombie. */
export function isRunning(pid: number): boolean {
  const found = readProcessStat(pid);
  return found !== null && !found.isZombie;
}
