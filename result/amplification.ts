/** Retry amplification: how much more a system is asked than its users ask. */
import type { Counts, PolicyResult } from './result-types.ts';

/**
 * Attempts for each operation that was attempted at all: 1 without any retry. Operations that the client gave up before
 * their first attempt (dropped, or refused by its policies) count on neither side. null: nothing was attempted.
 */
export function amplificationOf(
  { attempts, offered, dropped }: Counts,
  policies: Pick<PolicyResult, 'refused'> | undefined,
): number | null {
  const attempted = offered - dropped - (policies?.refused ?? 0);
  return attempted > 0 ? attempts / attempted : null;
}
