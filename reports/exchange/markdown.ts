/** The answer and the tables as Markdown, to paste into a pull request. */

import type { RunResult } from '../../result/result-types.ts';
import { answer } from '../answer/answer.ts';
import type { Doubt } from '../answer/fairness.ts';
import { doubtText, trialsText } from '../answer/fairness.ts';
import { type Item, outline, type Section } from '../outline.ts';
import { withoutProbes } from '../tables/capacity.ts';
import { formatThresholdActual } from '../text/format-threshold.ts';
import { escapeMarkdown, joinForComment, markdownTable } from './markdown-text.ts';

export function renderMarkdown(result: RunResult): string {
  const { question, name } = result.plan;
  const [lead, ...rest] = answer(withoutProbes(result)).sentences;
  const parts = [
    `# ${escapeMarkdown(question ?? name)}`,
    lead === undefined ? 'No trial was finished.' : `**${escapeMarkdown(lead)}**`,
    rest.map(escapeMarkdown).join(' '),
    ...outline(result).flatMap(sectionParts),
  ];
  return joinForComment(parts, 'The whole of it: report.html, or bench report.');
}

function sectionParts({ title, items }: Section): string[] {
  const parts = items.map(itemMarkdown).filter((part) => part !== '');
  return parts.length === 0 ? [] : [`## ${escapeMarkdown(title)}`, ...parts];
}

/** Pictures are left to the page, and so is each trial by itself. */
function itemMarkdown(item: Item): string {
  switch (item.kind) {
    case 'table':
    case 'settings':
      return markdownTable(item.table);
    case 'findings':
    case 'notes':
      return list(item.texts.map(escapeMarkdown));
    case 'snippets':
      return item.texts.map((text) => `\`${text}\``).join('\n\n');
    case 'thresholds':
      return list(thresholds(item.thresholds));
    case 'doubts':
      return list(doubts(item.doubts));
    default:
      return '';
  }
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function thresholds(all: RunResult['thresholds']): string[] {
  const words = { pass: 'pass', fail: '**fail**', noData: '**no data**' };
  return all.map((one) => `${words[one.status]}: ${escapeMarkdown(`${one.expression}${formatThresholdActual(one)}`)}`);
}

function doubts(all: readonly Doubt[]): string[] {
  return all.map((doubt) => {
    const who = doubt.trials.length === 0 ? '' : `${escapeMarkdown(trialsText(doubt.trials))} ${doubt.status}: `;
    return `${who}${escapeMarkdown(doubtText(doubt))}`;
  });
}
