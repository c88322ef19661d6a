/** A comparison as a comment on a pull request: the answer, the gates, the rows, and what differs. */
import type { ComparisonResult } from '../../result/compare/comparison-result.ts';
import { escapeMarkdown, joinForComment, markdownList, markdownTable } from '../exchange/markdown-text.ts';
import {
  comparisonSentences,
  comparisonTables,
  countsTable,
  differenceLines,
  doubtsOf,
  gateText,
  readingOf,
} from './comparison-terminal.ts';

export function renderComparisonMarkdown(comparison: ComparisonResult): string {
  const { scenario, question, counts, gates, leftOut, onlyOneHas, warnings } = comparison;
  const list = (title: string, lines: readonly string[]) => markdownList(title, lines.map(escapeMarkdown));
  const [lead, ...rest] = comparisonSentences(comparison);
  const left = [...leftOut.map(({ side, trial, reason }) => `${side} ${trial}: ${reason}`), ...onlyOneHas];
  const doubts = [...doubtsOf(comparison), ...warnings.map(({ message, remedy }) => `${message} ${remedy}`)];
  const parts = [
    `# ${escapeMarkdown(question ?? scenario)}`,
    lead === undefined ? '' : `**${escapeMarkdown(lead)}**`,
    rest.map(escapeMarkdown).join(' '),
    ...list('Gates', gates.map(gateText)),
    ...comparisonTables(comparison).map(markdownTable),
    counts.length === 0
      ? 'Ledger, errors and what else is counted: none on either side.'
      : markdownTable(countsTable(comparison)),
    ...list('What differs', differenceLines(comparison)),
    ...list('Left out', left),
    ...list('Doubts', doubts),
    ...list('Reading this', readingOf(comparison)),
  ];
  return joinForComment(parts, 'The whole of it: comparison.html and comparison.json.');
}
