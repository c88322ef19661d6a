/** Which trials took from a service what it held in memory alone. */
import type { TrialResult } from './result-types.ts';

/** Parts that keep no state of the service's: what a broker keeps, it keeps on disk, and the ledger tells what it lost. */
const withoutServiceState: readonly unknown[] = ['broker', 'toxiproxy'];

/**
 * A service was killed. What it had applied before is on record as applied, but whether its state still has it nobody has
 * measured: our reference services hold their orders in memory.
 */
export function tookMemory({ faults }: Pick<TrialResult, 'faults'>): boolean {
  return faults.some(
    ({ fault, settings, appliedAtMs }) =>
      fault === 'kill' && appliedAtMs !== null && !withoutServiceState.includes(settings.part),
  );
}
