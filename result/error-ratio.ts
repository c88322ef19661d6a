/** Share of what was offered that was not ok. */
import type { Counts } from './result-types.ts';

/** 0–1; null: nothing was offered. */
export function errorRatioOf({ offered, ok }: Pick<Counts, 'offered' | 'ok'>): number | null {
  return offered === 0 ? null : (offered - ok) / offered;
}
