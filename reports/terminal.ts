/** The report on a terminal: the answer, then the tables that fit its width. Pure: colour and width are parameters. */
import { stripVTControlCharacters } from 'node:util';
import type { RunResult, TrialResult } from '../result/result-types.ts';
import { comparisonTables, engineTable, semanticsTable, type Table } from './comparison-tables.ts';
import { formatThresholdActual } from './format-threshold.ts';
import { answer } from './result-view.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
}

type Paint = (text: string) => string;

interface Palette {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly doubtful: Paint;
  readonly bad: Paint;
}

function paletteFor(colour: boolean): Palette {
  const sgr = (code: number): Paint => (colour ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text);
  return { strong: sgr(1), faint: sgr(2), good: sgr(32), doubtful: sgr(33), bad: sgr(31) };
}

export function renderTerminal(result: RunResult, options: TerminalOptions): string {
  const palette = paletteFor(options.colour);
  const lines: string[] = [];
  const { question, name } = result.plan;
  lines.push(...wrap(clean(question ?? name), options.width).map(palette.strong));
  for (const sentence of answer(result).sentences) lines.push(...wrap(clean(sentence), options.width));
  for (const { condition, tables } of comparisonTables(result)) {
    lines.push('', palette.strong(`━━ ${clean(condition)}`));
    for (const table of tables) lines.push(...renderTable(table, options.width, palette));
  }
  const engines = engineTable(result);
  if (engines !== null) lines.push(...renderTable(engines, options.width, palette));
  if (result.trials.length > 0) lines.push(...renderSettings(semanticsTable(result), options.width, palette));
  lines.push(...thresholdLines(result, palette), ...doubtLines(result, options.width, palette));
  return `${lines.join('\n')}\n`;
}

/** Names come from the user's file: control characters in them must not reach the terminal. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function renderTable(table: Table, width: number, palette: Palette): string[] {
  const rows = table.rows.map(({ cells }) => cells.map(clean));
  const widths = table.columns.map((column, n) => Math.max(column.length, ...rows.map((row) => (row[n] ?? '').length)));
  const last = widths.length - 1;
  const leftAligned = (n: number) =>
    n === 0 || (n === last && table.columns[n] === 'verdict') || table.columns[n] === 'completes';
  const pad = (text: string, n: number) =>
    leftAligned(n) ? text.padEnd(widths[n] ?? 0) : text.padStart(widths[n] ?? 0);
  const join = (cells: readonly string[]) => cells.map(pad).join('  ').trimEnd();
  const total = widths.reduce((sum, one) => sum + one + 2, -2);
  const head = ['', ...wrap(clean(table.title), width - 2).map((line) => `  ${line}`)];
  if (total + 2 > width) return [...head, ...renderNarrow(table, rows, palette)];
  const spans: string[] = [];
  let column = 0;
  for (const { text, columns } of table.spans) {
    const span = widths.slice(column, column + columns).reduce((sum, one) => sum + one + 2, -2);
    spans.push(text.padStart(Math.floor((span + text.length) / 2)).padEnd(span));
    column += columns;
  }
  return [
    ...head,
    ...(spans.length === 0 ? [] : [palette.faint(`  ${spans.join('  ').trimEnd()}`)]),
    palette.faint(`  ${join(table.columns)}`),
    ...rows.map((row, n) => `  ${paintStatus(join(row), table.rows[n]?.status ?? 'valid', palette)}`),
  ];
}

/** A table wider than the terminal becomes one block a row. */
function renderNarrow(table: Table, rows: readonly (readonly string[])[], palette: Palette): string[] {
  const spanOf: string[] = table.spans.flatMap(({ text, columns }) => Array.from({ length: columns }, () => text));
  const labels = table.columns.map((column, n) => [spanOf[n], column].filter((part) => part).join(' '));
  const widest = Math.max(...labels.slice(1).map((text) => text.length));
  return rows.flatMap((row, n) => [
    `  ${paintStatus(row[0] ?? '', table.rows[n]?.status ?? 'valid', palette)}`,
    ...row.slice(1).map((cell, column) => `    ${palette.faint((labels[column + 1] ?? '').padEnd(widest))}  ${cell}`),
  ]);
}

function paintStatus(text: string, status: TrialResult['verdict']['status'], palette: Palette): string {
  return status === 'valid' ? text : status === 'suspect' ? palette.doubtful(text) : palette.bad(text);
}

function renderSettings(table: Table, width: number, palette: Palette): string[] {
  return [
    '',
    `  ${table.title}`,
    ...table.rows.flatMap(({ cells: [target = '', protocol = '', settings = ''] }) =>
      wrap(clean(`${target} (${protocol}): ${settings}`), width - 4).map((line, n) =>
        palette.faint(`  ${n === 0 ? '' : '  '}${line}`),
      ),
    ),
  ];
}

function thresholdLines({ thresholds }: RunResult, palette: Palette): string[] {
  if (thresholds.length === 0) return [];
  const marks = { pass: palette.good('pass   '), fail: palette.bad('FAIL   '), noData: palette.bad('no data') };
  return [
    '',
    '  thresholds',
    ...thresholds.map(
      (threshold) => `  ${marks[threshold.status]}  ${clean(threshold.expression)}${formatThresholdActual(threshold)}`,
    ),
  ];
}

/** Each reason for doubt once, with the trials it concerns and what to do. */
function doubtLines({ trials, warnings }: RunResult, width: number, palette: Palette): string[] {
  const byCode = new Map<string, { ids: string[]; message: string; remedy: string }>();
  for (const { id, verdict } of trials) {
    for (const { code, message, remedy } of verdict.reasons) {
      const found = byCode.get(code);
      if (found === undefined) byCode.set(code, { ids: [id], message, remedy });
      else found.ids.push(id);
    }
  }
  const lines = [...byCode.entries()].map(([code, { ids, message, remedy }]) => {
    const who = ids.length > 3 ? `${ids.length} trials` : ids.join(', ');
    return `${code} (${who}): ${message} ${remedy}`;
  });
  const all = [...lines, ...warnings.map(({ code, message, remedy }) => `${code}: ${message}. ${remedy}`)];
  if (all.length === 0) return [];
  return [
    '',
    '  doubts',
    ...all.flatMap((line) =>
      wrap(clean(line), width - 4).map((part, n) => palette.doubtful(`  ${n === 0 ? '' : '  '}${part}`)),
    ),
  ];
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(20, width)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
