/** A decision as a comment on a pull request, or a page of a decision record. */
import type { DecisionResult } from '../../result/schema/decision-schema.ts';
import { escapeMarkdown, joinForComment, markdownList, markdownTable } from '../exchange/markdown-text.ts';
import { decisionSentences, decisionTables, judgementLines, leftOutText, readingOf } from './decision-text.ts';

export function renderDecisionMarkdown(decision: DecisionResult): string {
  const list = (title: string, lines: readonly string[]) => markdownList(title, lines.map(escapeMarkdown));
  const [wanted = '', ...answers] = decisionSentences(decision);
  const parts = [
    `# ${escapeMarkdown(wanted)}`,
    answers.map((line) => `**${escapeMarkdown(line)}**`).join('\\\n'),
    ...decisionTables(decision).map(markdownTable),
    ...list('Misses by', judgementLines(decision, 'misses')),
    ...list('Cannot tell', judgementLines(decision, 'cannotTell')),
    ...list('Never asked', judgementLines(decision, 'notAsked')),
    ...list('Meets on', judgementLines(decision, 'meets')),
    ...list('Left out', decision.leftOut.map(leftOutText)),
    ...list('Of these results', decision.notes),
    ...list('Reading this', readingOf(decision)),
  ];
  return joinForComment(parts, 'The whole of it: `bench decide --format json`.');
}
