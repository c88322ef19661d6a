/** Retry amplification: how much more a system is asked than its users ask. */
import type { Counts } from './result-types.ts';

/**
 * Attempts for each operation that was attempted at all: 1 without any retry. Operations that the client gave up before
 * their first attempt (`dropped`) count on neither side. null: nothing was attempted.
 */
export function amplificationOf({ attempts, offered, dropped }: Counts): number | null {
  const attempted = offered - dropped;
  return attempted > 0 ? attempts / attempted : null;
}
