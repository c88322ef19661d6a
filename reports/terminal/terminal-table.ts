/** A table on a terminal: as it is where it fits, else compact, else turned on its side, else one block a row. Pure. */

import { fullTitles, type Row, type Table } from '../text/table.ts';
import { renderCompact } from './compact-table.ts';
import type { Palette } from './terminal-palette.ts';
import { cleanLine, wrap } from './terminal-text.ts';

const gap = '  ';
const indent = '  ';
/** Turned on its side, a column is a target: reasons like `not reached (31 % failed)` take several lines there. */
const turnedCellWidth = 13;

export function renderTable(unsafe: Table, width: number, palette: Palette): string[] {
  const table = cleaned(unsafe);
  const head = ['', ...wrap(table.title, width - indent.length).map((line) => `${indent}${line}`)];
  const drawn = (render: typeof renderUpright): string[] | null => {
    const lines = render(table, palette);
    return fits(lines, width) ? lines.map(({ text }) => `${indent}${text}`.trimEnd()) : null;
  };
  const compact = () => renderCompact(table, width - 1, palette)?.map((line) => ` ${line}`) ?? null;
  const blocks = () => renderBlocks(table, width, palette).map(({ text }) => `${indent}${text}`.trimEnd());
  return [...head, ...(drawn(renderUpright) ?? compact() ?? drawn(renderTurned) ?? blocks())];
}

interface Line {
  /** With colour codes. */
  readonly text: string;
  /** Columns that it takes. */
  readonly width: number;
}

function fits(lines: readonly Line[], width: number): boolean {
  return lines.every((line) => line.width + indent.length <= width);
}

/** Names come from the user's file: control characters in them must not reach the terminal. */
function cleaned(table: Table): Table {
  return {
    title: cleanLine(table.title),
    spans: table.spans.map((span) => ({ ...span, text: cleanLine(span.text) })),
    columns: table.columns.map((column) => ({ ...column, title: cleanLine(column.title) })),
    rows: table.rows.map((row) => ({ ...row, cells: row.cells.map(cleanLine) })),
  };
}

function columnWidths(table: Table): number[] {
  const widths = table.columns.map(({ title }, n) =>
    Math.max(title.length, ...table.rows.map(({ cells }) => (cells[n] ?? '').length)),
  );
  // A heading wider than the columns below it widens the last of them.
  let at = 0;
  for (const { text, columns } of table.spans) {
    const last = at + columns - 1;
    const lacking = text.length - spanWidth(widths, at, columns);
    if (lacking > 0) widths[last] = (widths[last] ?? 0) + lacking;
    at += columns;
  }
  return widths;
}

function spanWidth(widths: readonly number[], from: number, columns: number): number {
  return widths.slice(from, from + columns).reduce((sum, one) => sum + one + gap.length, -gap.length);
}

function renderUpright(table: Table, palette: Palette): Line[] {
  const widths = columnWidths(table);
  const pad = (text: string, n: number) =>
    table.columns[n]?.kind === 'figure' ? text.padStart(widths[n] ?? 0) : text.padEnd(widths[n] ?? 0);
  const join = (cells: readonly string[]) => cells.map(pad).join(gap).trimEnd();
  const headings = join(table.columns.map(({ title }) => title));
  const spans = spanLine(table, widths);
  return [
    ...(spans.trim() === '' ? [] : [painted(spans, palette.faint)]),
    painted(headings, palette.faint),
    ...table.rows.map(({ cells, status }) => painted(join(cells), palette[status])),
  ];
}

/** `── during ──` over its columns. */
function spanLine({ spans }: Table, widths: readonly number[]): string {
  let at = 0;
  const parts = spans.map(({ text, columns }) => {
    const wide = spanWidth(widths, at, columns);
    at += columns;
    if (text === '') return ' '.repeat(wide);
    const rule = Math.max(0, wide - text.length - 2);
    return rule < 2
      ? text.padStart(wide)
      : `${'─'.repeat(Math.floor(rule / 2))} ${text} ${'─'.repeat(Math.ceil(rule / 2))}`;
  });
  return parts.join(gap).trimEnd();
}

function painted(text: string, paint: (text: string) => string): Line {
  return { text: paint(text), width: text.length };
}

function renderTurned(table: Table, palette: Palette): Line[] {
  const titles = fullTitles(table);
  const first = Math.max(...titles.map((title) => title.length));
  const columns = table.rows.map((row) => turnedColumn(row));
  const lines: Line[] = [];
  titles.forEach((title, n) => {
    const height = Math.max(1, ...columns.map(({ cells }) => cells[n]?.length ?? 0));
    for (let line = 0; line < height; line++) {
      const cells = columns.map(({ cells: all, width, status }) => {
        const text = (all[n]?.[line] ?? '').padStart(width);
        return n === 0 ? palette.faint(text) : palette[status](text);
      });
      const name = (line === 0 ? title : '').padEnd(first);
      const width = first + columns.reduce((sum, column) => sum + column.width + gap.length, 0);
      lines.push({ text: [palette.faint(name), ...cells].join(gap), width });
    }
  });
  return lines;
}

function turnedColumn({ cells, status }: Row) {
  const wrapped = cells.map((cell) => wrap(cell, turnedCellWidth));
  return { cells: wrapped, status, width: Math.max(...wrapped.flat().map((line) => line.length)) };
}

function renderBlocks(table: Table, width: number, palette: Palette): Line[] {
  const titles = fullTitles(table);
  const first = Math.max(0, ...titles.slice(1).map((title) => title.length));
  return table.rows.flatMap(({ cells: [name = '', ...cells], status }) => [
    painted(name, palette[status]),
    ...cells.flatMap((cell, n) =>
      wrap(cell, width - first - 6).map((line, part) => {
        const title = (part === 0 ? (titles[n + 1] ?? '') : '').padEnd(first);
        return { text: `  ${palette.faint(title)}  ${line}`, width: first + 4 + line.length };
      }),
    ),
  ]);
}
