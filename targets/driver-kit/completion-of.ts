/** Where operations complete: one answer for all drivers. */
import { type Completion, defaultPattern, patterns } from '../../result/patterns.ts';
import type { Pattern } from '../../result/result-types.ts';
import type { Target } from '../../scenarios/scenario.ts';

/** At the end of its pattern; over a broker of the user's own that sends no replies, where the harness can see it last. */
export function completionOf(target: Target, pattern: Pattern = defaultPattern): Completion {
  const isAnswered = 'consume' in target && (target.reply !== undefined || isDirect(target));
  if ('consume' in target && !isAnswered) return target.consume ? 'delivered' : 'acknowledged';
  return patterns[pattern].ends;
}

/** Answers come without a queue. */
function isDirect(target: Target): boolean {
  return 'replies' in target && target.replies === 'direct';
}
