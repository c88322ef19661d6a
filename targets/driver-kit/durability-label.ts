import type { Target } from '../../scenarios/scenario.ts';

/** Of what our service itself has taken; null: another system. */
export function durabilityLabel({ address, store = 'memory' }: Pick<Target, 'address' | 'store'>): string | null {
  if (address !== undefined) return null;
  return store === 'file' ? 'in a file of the service, flushed at each commit' : 'in the memory of the service';
}
