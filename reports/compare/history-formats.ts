/** All formats of a history, named as those of a result are. */
import type { FigureHistory } from '../../result/compare/figure-history.ts';
import { cleanTexts } from '../../result/printable.ts';
import { settingsText } from '../../result/settings-text.ts';
import { type CsvColumn, csvText } from '../exchange/csv-text.ts';
import { joinForComment, markdownTable } from '../exchange/markdown-text.ts';
import type { Reporter } from '../formats.ts';
import { renderHistoryHtml } from './history-html.ts';
import { historyTable } from './history-table.ts';
import { renderHistory } from './history-terminal.ts';

type Histories = readonly FigureHistory[];
type Line = readonly [FigureHistory, FigureHistory['points'][number]];

const plainWidth = 160;

/** Latencies are microseconds. */
const columns: readonly CsvColumn<Line>[] = [
  ['target', ([{ target }]) => target],
  ['variant', ([{ variant }]) => settingsText(variant)],
  ['condition', ([{ condition }]) => condition],
  ['phase', ([{ place }]) => place.phase],
  ['operation', ([{ place }]) => place.operation],
  ['metric', ([{ place }]) => place.metric],
  ['unit', ([{ unit }]) => unit],
  ['higher_is_better', ([{ higherIsBetter }]) => higherIsBetter],
  ['result', ([, { name }]) => name],
  ['started_at', ([, { startedAt }]) => startedAt],
  ['trials', ([, { trials }]) => trials],
  ['left_out', ([, { leftOut }]) => leftOut],
  ['value', ([, { value }]) => value],
  ['low', ([, { low }]) => low],
  ['high', ([, { high }]) => high],
  ['changes', ([, { changes }]) => changes.join('; ')],
];

export const historyReporters = {
  terminal: {
    file: 'history.txt',
    isPrinted: true,
    render: (histories) => renderHistory(cleanTexts(histories), { colour: false, width: plainWidth }),
  },
  json: { file: 'history.json', render: (histories) => `${JSON.stringify(histories, null, 1)}\n` },
  html: { file: 'history.html', render: (histories) => renderHistoryHtml(cleanTexts(histories)) },
  csv: { file: 'history.csv', render: (histories) => csvText(columns, cleanTexts(linesOf(histories))) },
  markdown: { file: 'history.md', render: (histories) => renderHistoryMarkdown(cleanTexts(histories)) },
} as const satisfies Record<string, Reporter<Histories>>;

export type HistoryFormat = keyof typeof historyReporters;
export const historyFormats = Object.keys(historyReporters) as readonly HistoryFormat[];

function linesOf(histories: Histories): Line[] {
  return histories.flatMap((history) => history.points.map((point) => [history, point] as const));
}

function renderHistoryMarkdown(histories: Histories): string {
  const parts = ['# History', ...histories.map(historyTable).map(markdownTable)];
  return joinForComment(parts, '`--format html` and `csv` have all of it.');
}
