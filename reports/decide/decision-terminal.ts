/** A decision on a terminal: who meets it, the tables, what decided. Pure. */
import type { DecisionResult } from '../../result/schema/decision-schema.ts';
import type { TerminalOptions } from '../terminal/terminal.ts';
import { renderSections } from '../terminal/terminal-sections.ts';
import { decisionSentences, decisionTables, judgementLines, leftOutText, readingOf } from './decision-text.ts';

export function renderDecision(decision: DecisionResult, options: TerminalOptions): string {
  const sections = [
    { title: 'by what an acknowledgement is worth', tables: decisionTables(decision) },
    { title: 'misses by', sentences: judgementLines(decision, 'misses') },
    { title: 'cannot tell', sentences: judgementLines(decision, 'cannotTell') },
    { title: 'never asked', sentences: judgementLines(decision, 'notAsked') },
    { title: 'meets on', sentences: judgementLines(decision, 'meets') },
    { title: 'left out', sentences: decision.leftOut.map(leftOutText) },
    { title: 'of these results', sentences: decision.notes },
    { title: 'reading this', sentences: readingOf(decision) },
  ];
  return renderSections(decisionSentences(decision), sections, options);
}
