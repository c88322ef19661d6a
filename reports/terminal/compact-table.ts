/** A table on as few lines and columns as it takes: headings in two lines, what repeats in the first column as a heading. */

import type { Row, Table } from '../text/table.ts';
import type { Palette } from './terminal-palette.ts';
import { cleanLine } from './terminal-text.ts';

/** A mark that is told apart without colour. */
const marks = { valid: '', suspect: '▲ ', invalid: '✕ ' } as const satisfies Record<Row['status'], string>;
const longestName = 28;
/** Of one that is too long, before what is left out. */
const nameHead = 12;

/** Without its title. null: it does not fit. */
export function renderCompact(table: Table, width: number, palette: Palette): string[] | null {
  const grouped = repeatsItsNames(table);
  for (const gap of [2, 1]) {
    const lines = layOut(grouped ? withoutFirst(table) : table, gap, palette, grouped ? headingsOf(table) : null);
    if (lines.every(({ columns }) => columns <= width)) return lines.map(({ text }) => text);
  }
  return null;
}

interface Line {
  readonly text: string;
  readonly columns: number;
}

/** The second column names what the first one groups. */
function repeatsItsNames({ columns, rows }: Table): boolean {
  const names = rows.map(({ cells }) => cells[0]);
  return columns[1]?.kind === 'text' && new Set(names).size < names.length;
}

function withoutFirst({ columns, spans, rows, title }: Table): Table {
  const [first, ...others] = spans;
  const rest = first === undefined ? [] : [{ ...first, columns: first.columns - 1 }, ...others];
  return {
    title,
    columns: columns.slice(1),
    spans: rest.filter((span) => span.columns > 0),
    rows: rows.map((row) => ({ ...row, cells: row.cells.slice(1) })),
  };
}

/** By row: what is to stand above it; null: the same as above the one before. */
function headingsOf({ rows }: Table): (string | null)[] {
  return rows.map(({ cells: [name = ''] }, n) => (name === rows[n - 1]?.cells[0] ? null : name));
}

function layOut(table: Table, gap: number, palette: Palette, headings: readonly (string | null)[] | null): Line[] {
  const rows = table.rows.map((row) => ({ ...row, cells: row.cells.map((cell, n) => shown(row, cell, n)) }));
  const titles = table.columns.map(({ title }, n) => {
    const widest = Math.max(0, ...rows.map(({ cells }) => (cells[n] ?? '').length));
    return headingLines(cleanLine(title), widest);
  });
  const height = Math.max(1, ...titles.map(({ length }) => length));
  const widths = table.columns.map((_, n) =>
    Math.max(...(titles[n] ?? []).map(({ length }) => length), ...rows.map(({ cells }) => (cells[n] ?? '').length)),
  );
  widenFor(table.spans, widths, gap);
  const join = (cells: readonly string[]) =>
    cells
      .map((cell, n) =>
        table.columns[n]?.kind === 'figure' ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0),
      )
      .join(' '.repeat(gap))
      .trimEnd();
  const line = (text: string, paint: (text: string) => string): Line => ({
    text: ` ${paint(text)}`,
    columns: text.length + 1,
  });
  const heads = Array.from({ length: height }, (_, at) =>
    join(titles.map((lines) => lines[at - (height - lines.length)] ?? '')),
  );
  const spans = spanText(table.spans, widths, gap);
  return [
    ...[...(spans === '' ? [] : [spans]), ...heads].map((text) => line(text, palette.faint)),
    ...rows.flatMap(({ cells, status }, n) => {
      const heading = headings?.[n] ?? null;
      return [
        ...(heading === null ? [] : [line(cleanLine(heading), palette.strong)]),
        line(join(cells), palette[status]),
      ];
    }),
  ];
}

function shown({ status }: Row, cell: string, column: number): string {
  const clean = cleanLine(cell);
  if (column > 0) return clean;
  const text = `${marks[status]}${clean}`;
  // Variants of one target differ at their end.
  return text.length <= longestName ? text : `${text.slice(0, nameHead)}…${text.slice(nameHead + 1 - longestName)}`;
}

/** In two lines where its cells are narrower: `slow-` over `network`. */
function headingLines(title: string, widest: number): string[] {
  if (title.length <= Math.max(widest, 4)) return [title];
  const breaks = [...title.matchAll(/[- ]/g)].map(({ index }) => index + 1);
  const longest = (at: number) => Math.max(title.slice(0, at).trimEnd().length, title.length - at);
  const best = breaks.sort((a, b) => longest(a) - longest(b))[0];
  return best === undefined ? [title] : [title.slice(0, best).trimEnd(), title.slice(best)];
}

/** A heading wider than its columns widens the last of them. */
function widenFor(spans: Table['spans'], widths: number[], gap: number): void {
  let at = 0;
  for (const { text, columns } of spans) {
    const lacking = cleanLine(text).length - spanWidth(widths, at, columns, gap);
    if (lacking > 0) widths[at + columns - 1] = (widths[at + columns - 1] ?? 0) + lacking;
    at += columns;
  }
}

function spanWidth(widths: readonly number[], from: number, columns: number, gap: number): number {
  return widths.slice(from, from + columns).reduce((sum, one) => sum + one + gap, -gap);
}

function spanText(spans: Table['spans'], widths: readonly number[], gap: number): string {
  let at = 0;
  const parts = spans.map(({ text, columns }) => {
    const wide = spanWidth(widths, at, columns, gap);
    at += columns;
    const left = Math.max(0, wide - text.length);
    if (text === '' || left < 4) return cleanLine(text).padStart(wide);
    return `${'─'.repeat(Math.floor(left / 2) - 1)} ${cleanLine(text)} ${'─'.repeat(Math.ceil(left / 2) - 1)}`;
  });
  return parts.join(' '.repeat(gap)).trimEnd();
}
