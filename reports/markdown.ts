/** The answer and the tables as Markdown, to paste into a pull request. */
import type { RunResult } from '../result/result-types.ts';
import { comparisonTables, engineTable, semanticsTable, type Table } from './comparison-tables.ts';
import { formatThresholdActual } from './format-threshold.ts';
import { answer } from './result-view.ts';

export function renderMarkdown(result: RunResult): string {
  const { question, name } = result.plan;
  const engines = engineTable(result);
  const parts = [
    `# ${escaped(question ?? name)}`,
    answer(result).sentences.map(escaped).join(' '),
    ...comparisonTables(result).flatMap(({ condition, tables }) => [
      `## ${escaped(condition)}`,
      ...tables.map(renderTable),
    ]),
    ...(engines === null ? [] : [renderTable(engines)]),
    ...(result.trials.length === 0 ? [] : [renderTable(semanticsTable(result))]),
    ...(result.thresholds.length === 0
      ? []
      : [
          '### Thresholds',
          result.thresholds
            .map((one) => `- ${one.status}: \`${one.expression}\`${formatThresholdActual(one)}`)
            .join('\n'),
        ]),
    ...doubts(result),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderTable(table: Table): string {
  const spanOf = table.spans.flatMap(({ text, columns }) => Array.from({ length: columns }, () => text));
  const head = table.columns.map((column, n) => [spanOf[n], column].filter((part) => part).join(' '));
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const alignment = `|${table.columns.map((_, n) => (n === 0 ? '---' : '--:')).join('|')}|`;
  return [`### ${escaped(table.title)}`, '', row(head), alignment, ...table.rows.map(({ cells }) => row(cells))].join(
    '\n',
  );
}

function doubts({ trials, warnings }: RunResult): string[] {
  const lines = [
    ...trials.flatMap(({ id, verdict }) =>
      verdict.reasons.map(({ status, message, remedy }) => `- ${id} is ${status}: ${message} ${remedy}`),
    ),
    ...warnings.map(({ message, remedy }) => `- ${message}. ${remedy}`),
  ];
  return lines.length === 0 ? [] : ['### Doubts', lines.map(escaped).join('\n')];
}

function escaped(text: string): string {
  return text.replace(/[\\|<>`*_[\]]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}
