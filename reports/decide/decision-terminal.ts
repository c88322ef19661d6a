/** A decision on a terminal: who meets it, the tables, what decided. Pure. */
import type { DecisionResult } from '../../result/schema/decision-schema.ts';
import type { TerminalOptions } from '../terminal/terminal.ts';
import { paletteFor } from '../terminal/terminal-palette.ts';
import { renderTable } from '../terminal/terminal-table.ts';
import { cleanLine, wrap } from '../terminal/terminal-text.ts';
import { decisionSentences, decisionTables, judgementLines, leftOutText, readingOf } from './decision-text.ts';

const proseWidth = 120;

export function renderDecision(decision: DecisionResult, { colour, width }: TerminalOptions): string {
  const palette = paletteFor(colour);
  const prose = Math.min(Math.max(width, 40), proseWidth);
  const text = (all: readonly string[]) =>
    all.flatMap((line) => wrap(cleanLine(line), prose - 2)).map((line) => `  ${line}`);
  const lines = text(decisionSentences(decision)).map((line) => line.slice(2));
  const sections: [string, string[]][] = [
    [
      'by what an acknowledgement is worth',
      decisionTables(decision).flatMap((table) => renderTable(table, width, palette)),
    ],
    ['misses by', text(judgementLines(decision, 'misses'))],
    ['cannot tell', text(judgementLines(decision, 'cannotTell'))],
    ['never asked', text(judgementLines(decision, 'notAsked'))],
    ['meets on', text(judgementLines(decision, 'meets'))],
    ['left out', text(decision.leftOut.map(leftOutText))],
    ['of these results', text(decision.notes)],
    ['reading this', text(readingOf(decision))],
  ];
  for (const [title, body] of sections) {
    if (body.length > 0) lines.push('', palette.strong(`━━ ${title}`), ...body);
  }
  return `${lines.join('\n')}\n`;
}
