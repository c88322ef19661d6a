/** Which trials may have taken from a service what it held in memory alone. */
import type { FaultResult, TrialResult } from './result-types.ts';

/** Parts that keep no state of the service's: what a broker keeps, it keeps on disk, and the ledger tells what it lost. */
const withoutServiceState: readonly unknown[] = ['broker', 'toxiproxy'];

/** Results of earlier versions do not say so; there was one such fault then. */
export function isKill({ fault, kills = fault === 'kill' }: Pick<FaultResult, 'fault' | 'kills'>): boolean {
  return kills;
}

export function killedService({ faults }: Pick<TrialResult, 'faults'>): boolean {
  return faults.some(
    (one) => isKill(one) && one.appliedAtMs !== null && !withoutServiceState.includes(one.settings.part),
  );
}

/**
 * A service was killed, and nobody knows what is left of what it had applied before: it did not say at its end, or the
 * result is of a version that did not ask.
 */
export function isStateUnknown({ faults, ledger }: Pick<TrialResult, 'faults' | 'ledger'>): boolean {
  return killedService({ faults }) && (ledger.stateLost ?? null) === null;
}
