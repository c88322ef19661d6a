/** What became of a message between two versions: told by what was said and what was read. */
import type { Side, Values } from './changes.ts';

/**
 * Of all that the reader's version has: *reads* it as it was said; *defaults* where the writer's version has no such thing;
 * *refused*: an error that somebody sees; *silently wrong*: it was said, nobody saw an error, and something else was read.
 */
export type Verdict = 'reads' | 'defaults' | 'refused' | 'silently wrong';

/** `read`: what the reader has in hand, without what is missing or empty; null: it refused. */
export function verdictOf(writer: Side, reader: Side, read: Values | null): Verdict {
  if (read === null) return 'refused';
  const wrong = reader.fields.filter(({ meaning }) => read[meaning] !== writer.says[meaning]);
  if (wrong.length > 0) return 'silently wrong';
  return reader.fields.every(({ meaning }) => meaning in writer.says) ? 'reads' : 'defaults';
}
