/** The report on a terminal: the answer, then the tables that fit its width. Pure: colour and width are parameters. */

import type { RunResult } from '../../result/result-types.ts';
import { answer } from '../answer/answer.ts';
import type { Doubt } from '../answer/fairness.ts';
import { doubtText, trialsText } from '../answer/fairness.ts';
import { type Item, outline, type Section } from '../outline.ts';
import { withoutProbes } from '../tables/capacity.ts';
import { formatThresholdActual } from '../text/format-threshold.ts';
import type { Table } from '../text/table.ts';
import { type Palette, paletteFor } from './terminal-palette.ts';
import { renderTable } from './terminal-table.ts';
import { cleanLine, wrap } from './terminal-text.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
}

const leastWidth = 40;
/** Prose wider than this is tiring to read. */
const proseWidth = 120;

export function renderTerminal(result: RunResult, options: TerminalOptions): string {
  const palette = paletteFor(options.colour);
  const width = Math.max(leastWidth, options.width);
  const prose = Math.min(width, proseWidth);
  const [lead = 'No trial was finished.', ...rest] = answer(withoutProbes(result)).sentences;
  const paper = { width, prose, palette };
  const lines = [
    ...wrap(cleanLine(result.plan.question ?? result.plan.name), prose).map(palette.strong),
    ...wrap(cleanLine(lead), prose),
    ...rest.flatMap((sentence) => wrap(cleanLine(sentence), prose)),
    ...outline(result).flatMap((section) => sectionLines(section, paper)),
  ];
  return `${lines.join('\n')}\n`;
}

interface Paper {
  readonly width: number;
  /** Of sentences. */
  readonly prose: number;
  readonly palette: Palette;
}

function sectionLines({ title, items }: Section, paper: Paper): string[] {
  const lines = items.flatMap((item) => itemLines(item, paper));
  return lines.length === 0 ? [] : ['', paper.palette.strong(`━━ ${cleanLine(title)}`), ...lines];
}

/** Pictures are left to the page, and so is each trial by itself. */
function itemLines(item: Item, { width, prose, palette }: Paper): string[] {
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  switch (item.kind) {
    case 'table':
      return renderTable(item.table, width, palette);
    case 'settings':
      return indented(settingLines(item.table, prose));
    case 'findings':
      return indented(item.texts.flatMap((text) => hanging(text, prose)));
    case 'notes':
      return ['', ...indented(item.texts.flatMap((text) => hanging(text, prose)))];
    case 'snippets':
      return item.texts.map((text) => `  ${cleanLine(text)}`);
    case 'thresholds':
      return indented(thresholdLines(item.thresholds, prose, palette));
    case 'doubts':
      return indented(doubtLines(item.doubts, prose, palette));
    default:
      return [];
  }
}

/** The first line stands out to the left of the others. */
function hanging(text: string, width: number): string[] {
  return wrap(cleanLine(text), width - 4).map((line, n) => (n === 0 ? line : `  ${line}`));
}

function thresholdLines(thresholds: RunResult['thresholds'], width: number, palette: Palette): string[] {
  const marks = {
    pass: palette.good('pass   '),
    fail: palette.bad('FAIL   '),
    noData: palette.suspect('no data'),
  };
  return thresholds.flatMap((threshold) => {
    const text = `${threshold.expression}${formatThresholdActual(threshold)}`;
    const [first = '', ...rest] = hanging(text, width - 9);
    return [`${marks[threshold.status]}  ${first}`, ...rest.map((line) => `${' '.repeat(9)}${line}`)];
  });
}

function doubtLines(doubts: readonly Doubt[], width: number, palette: Palette): string[] {
  return doubts.flatMap((doubt) => {
    const who = doubt.trials.length === 0 ? doubt.code : `${doubt.code}, ${trialsText(doubt.trials)}`;
    return hanging(`${who}: ${doubtText(doubt)}`, width).map((line) => palette[doubt.status](line));
  });
}

/** Target by target: a column each would not fit. */
function settingLines({ columns, rows }: Table, width: number): string[] {
  return columns.slice(1).flatMap(({ title }, n) => {
    const settings = rows
      .map(({ cells }) => [cells[0], cells[n + 1]] as const)
      .filter(([, value]) => value !== undefined && value !== '–')
      .map(([name, value]) => `${name}: ${value}`);
    return hanging(`${title} – ${settings.join('; ')}`, width);
  });
}
