/** A figure over many results as a table: a row each, and what has changed since the one before. */
import type { FigureHistory, HistoryPoint } from '../../result/compare/figure-history.ts';
import { settingsText } from '../../result/settings-text.ts';
import { figureColumns, nameColumn, type Table, textColumns } from '../text/table.ts';
import { valueText } from './comparison-terminal.ts';

export function historyTitle({ target, variant, condition, place }: FigureHistory): string {
  const { phase, operation, metric } = place;
  return [target, settingsText(variant), condition, phase, operation ?? '', metric].filter(Boolean).join(' ');
}

/** UTC, to the minute. */
export function dayAndTime(startedAt: string): string {
  return startedAt.slice(0, 16).replace('T', ' ');
}

export function historyTable(history: FigureHistory): Table {
  const columns = [
    nameColumn('start (UTC)'),
    ...textColumns('result'),
    ...figureColumns(history.place.metric, '95 % interval', 'trials', 'invalid'),
    ...textColumns('changed since the one before'),
  ];
  return {
    title: historyTitle(history),
    spans: [],
    columns,
    rows: history.points.map((point) => ({ cells: cellsOf(history, point), status: 'valid' as const })),
  };
}

function cellsOf(history: FigureHistory, point: HistoryPoint): string[] {
  const { name, startedAt, trials, leftOut, value, low, high, changes } = point;
  return [
    dayAndTime(startedAt),
    name,
    value === null ? 'not reached' : valueText(history, value),
    low === null ? '–' : `${valueText(history, low)}–${high === null ? 'not reached' : valueText(history, high)}`,
    String(trials),
    String(leftOut),
    changes.join('; ') || '–',
  ];
}
