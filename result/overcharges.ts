/** How often a payment was charged again, as the accounts say. null: they are not known, or nothing was to be paid. */
import type { TrialResult } from './result-types.ts';

export function overchargesOf(of: TrialResult['payments']): number | null {
  if (of === undefined || of.accountsCents === null) return null;
  const { payments, dueCents, accountsCents } = of;
  return payments === 0 ? 0 : (accountsCents - dueCents) / (dueCents / payments);
}
