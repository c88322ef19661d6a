/** A figure over many results: a line each, with its place on one scale and its whiskers. Pure. */
import type { FigureHistory, HistoryPoint } from '../../result/compare/figure-history.ts';
import type { TerminalOptions } from '../terminal/terminal.ts';
import { type Palette, paletteFor } from '../terminal/terminal-palette.ts';
import { cleanLine, wrap } from '../terminal/terminal-text.ts';
import { valueText } from './comparison-terminal.ts';
import { dayAndTime, historyTitle } from './history-table.ts';

const leastChart = 12;
const mostChart = 60;

export function renderHistory(histories: readonly FigureHistory[], { colour, width }: TerminalOptions): string {
  const palette = paletteFor(colour);
  const lines = histories.flatMap((history, n) => [...(n === 0 ? [] : ['']), ...historyLines(history, width, palette)]);
  return `${lines.join('\n')}\n`;
}

function historyLines(history: FigureHistory, width: number, palette: Palette): string[] {
  const { points } = history;
  const names = points.map(({ name }) => cleanLine(name));
  const nameWidth = Math.min(28, Math.max(...names.map(({ length }) => length)));
  const values = points.map((point) => figureText(history, point));
  const valueWidth = Math.max(...values.map(({ length }) => length));
  const chart = Math.min(mostChart, width - nameWidth - valueWidth - 26);
  const [low, high] = rangeOf(points);
  const lines = [palette.strong(`━━ ${cleanLine(historyTitle(history))}`)];
  for (const [n, point] of points.entries()) {
    for (const change of point.changes) {
      lines.push(...wrap(`~ ${cleanLine(change)}`, width - 2).map((line) => palette.suspect(`  ${line}`)));
    }
    const bar = chart < leastChart ? '' : `  ${whiskerLine(point, low, high, chart)}`;
    const name = (names[n] ?? '').slice(-nameWidth).padEnd(nameWidth);
    const left = point.leftOut === 0 ? '' : ` (${point.leftOut} invalid)`;
    lines.push(
      `  ${dayAndTime(point.startedAt)}  ${name}  ${(values[n] ?? '').padStart(valueWidth)}${bar}${left}`.trimEnd(),
    );
  }
  if (chart >= leastChart && Number.isFinite(low)) {
    const [from, to] = [valueText(history, low), valueText(history, high)];
    const indent = ' '.repeat(2 + 16 + 2 + nameWidth + 2 + valueWidth + 2);
    lines.push(palette.faint(`${indent}${from}${to.padStart(Math.max(1, chart - from.length))}`));
  }
  return lines;
}

function figureText(history: FigureHistory, { value, trials, low, high }: HistoryPoint): string {
  const whiskers = low === null ? '' : ` [${valueText(history, low)}, ${valueText(history, high)}]`;
  return `${value === null ? 'not reached' : valueText(history, value)}${whiskers} n=${trials}`;
}

function rangeOf(points: readonly HistoryPoint[]): readonly [number, number] {
  const all = points.flatMap(({ value, low, high }) => [value, low, high].filter((one) => one !== null));
  return [Math.min(...all), Math.max(...all)];
}

/** `├──●───┤` on a logarithmic scale from the lowest to the highest of all. */
function whiskerLine({ value, low, high }: HistoryPoint, from: number, to: number, width: number): string {
  if (value === null) return '';
  const at = (one: number) =>
    from <= 0 || to <= from
      ? 0
      : Math.round((Math.log(Math.max(one, from) / from) / Math.log(to / from)) * (width - 1));
  const cells = Array.from({ length: width }, () => ' ');
  if (low !== null) {
    const [start, end] = [at(low), high === null ? width - 1 : at(high)];
    cells.fill('─', start, end + 1);
    cells[start] = '├';
    cells[end] = high === null ? '→' : '┤';
  }
  cells[at(value)] = '●';
  return cells.join('').trimEnd();
}
