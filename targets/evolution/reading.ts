/** What became of a message between two versions: told by what was said and what was read. */
import type { Reading } from '../../result/evolution-names.ts';
import type { Side, Values } from './changes.ts';

/** `read`: what the reader has in hand, without what is missing or empty; null: it refused. */
export function readingOf(writer: Side, reader: Side, read: Values | null): Reading {
  if (read === null) return 'refused';
  const wrong = reader.fields.filter(({ meaning }) => read[meaning] !== writer.says[meaning]);
  if (wrong.length > 0) return 'silentlyWrong';
  return reader.fields.every(({ meaning }) => meaning in writer.says) ? 'reads' : 'defaults';
}
