/** Retry amplification: how much more a system is asked than its users ask. */
import type { Counts, PolicyResult } from './result-types.ts';

/**
 * Attempts for each operation that was sent at all: 1 without any retry. Operations of which the client sent nothing
 * (dropped, refused by its policies, never given a connection) count on neither side. null: nothing was sent.
 */
export function amplificationOf(
  { attempts, offered, dropped }: Counts,
  policies: Pick<PolicyResult, 'refused' | 'unsent'> | undefined,
): number | null {
  const sent = offered - dropped - (policies?.refused ?? 0) - (policies?.unsent ?? 0);
  return sent > 0 ? attempts / sent : null;
}
