/** How much more the instances behind a gateway are asked than the gateway is. */
import type { TrialResult } from './result-types.ts';

/**
 * Requests that the instances took up ÷ attempts of the client that the gateway was to let through, warm-up and drain
 * included. Below 1: the gateway has refused some, or found nobody to ask. null: no gateway, or an instance was killed and
 * cannot say.
 */
export function gatewayAmplificationOf({ askedBy, phases }: Pick<TrialResult, 'askedBy' | 'phases'>): number | null {
  if (askedBy === undefined) return null;
  const asked = Object.values(askedBy);
  const attempts = Object.values(phases).reduce((sum, phase) => sum + (phase?.counts.attempts ?? 0), 0);
  if (attempts === 0 || asked.length === 0 || asked.includes(null)) return null;
  return asked.reduce((sum: number, count) => sum + (count ?? 0), 0) / attempts;
}
