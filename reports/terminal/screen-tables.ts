/** Which tables the first screen has room for: as much as fits of operations, phases and conditions, in that order. */
import type { RunResult } from '../../result/result-types.ts';
import { findingsOf } from '../answer/findings.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { type Overview, overviewDetails, overviewOf, overviewTable } from '../tables/overview-tables.ts';
import type { Table } from '../text/table.ts';
import { renderCompact } from './compact-table.ts';
import type { Palette } from './terminal-palette.ts';
import { cleanLine, wrap } from './terminal-text.ts';

export interface ScreenTables {
  readonly lines: readonly string[];
  /** What did not fit, in words. */
  readonly omitted: readonly string[];
}

export interface ScreenRoom {
  /** What the command was about: they go before the figures of operations, and in their place. */
  readonly own: readonly Table[];
  readonly lines: number;
  readonly width: number;
}

export function screenTables(result: RunResult, room: ScreenRoom, palette: Palette): ScreenTables {
  const paper = { width: room.width, palette };
  const overview = overviewOf(result);
  const { lines, omitted } = ownLines(room, paper);
  if (lines.length > 0) {
    const shown = room.own.flatMap(({ rows }) => rows.map(({ cells }) => cells[0]));
    const names = overview.operations.map(({ name }) => name).filter((name) => !shown.includes(name));
    return { lines, omitted: [...omitted, ...omittedOperations(names)] };
  }
  if (overview.groups.length === 0) return { lines: [], omitted };
  const found = bestOverview(overview, room.lines, paper);
  const left = room.lines - found.lines.length;
  return {
    lines: [...found.lines, ...findingLines(overview, left, room.width)],
    omitted: [...omitted, ...found.omitted],
  };
}

interface Paper {
  readonly width: number;
  readonly palette: Palette;
}

/** One after the other, each with as many rows as there is room for. */
function ownLines({ own, lines: room }: ScreenRoom, paper: Paper): ScreenTables {
  const lines: string[] = [];
  const omitted: string[] = [];
  for (const table of own) {
    const drawn = drawTrimmed(table, room - lines.length, paper);
    if (drawn === null) omitted.push(`“${table.title}”`);
    else {
      lines.push(...drawn.lines);
      if (drawn.left > 0) omitted.push(`${drawn.left} ${drawn.left === 1 ? 'row' : 'rows'} of ${table.rows.length}`);
    }
  }
  return { lines, omitted };
}

/** null: there is no room for a single row, or no line is wide enough. */
function drawTrimmed(table: Table, room: number, paper: Paper): { lines: string[]; left: number } | null {
  let { length } = table.rows;
  while (length > 0) {
    const lines = draw({ ...table, rows: table.rows.slice(0, length) }, paper);
    if (lines === null) return narrower(table, room, paper);
    if (lines.length <= room) return { lines, left: table.rows.length - length };
    length -= lines.length - room; // a row takes a line, or more with what it is headed by
  }
  return null;
}

/** Without its last columns, while enough of them stay to say something. */
function narrower(table: Table, room: number, paper: Paper): ReturnType<typeof drawTrimmed> {
  const columns = table.columns.slice(0, -1);
  if (columns.length < leastColumns) return null;
  const rows = table.rows.map((row) => ({ ...row, cells: row.cells.slice(0, -1) }));
  return drawTrimmed({ ...table, columns, spans: narrowerSpans(table.spans), rows }, room, paper);
}

/** Over a column less; what spans none any more goes. */
function narrowerSpans(spans: Table['spans']): Table['spans'] {
  const last = spans.at(-1);
  if (last === undefined) return spans;
  const others = spans.slice(0, -1);
  return last.columns > 1 ? [...others, { ...last, columns: last.columns - 1 }] : others;
}

const leastColumns = 3;
const mostTitleLines = 2;

function draw(table: Table, { width, palette }: Paper): string[] | null {
  const body = renderCompact(table, width, palette);
  if (body === null) return null;
  const title = wrap(cleanLine(table.title), width - 1).slice(0, mostTitleLines);
  return ['', ...title.map((line) => ` ${line}`), ...body];
}

/** All operations before all phases; one table over all conditions before one a condition. */
function bestOverview(overview: Overview, room: number, paper: Paper): ScreenTables {
  const { groups, operations } = overview;
  const labels = new Set(groups.flatMap(({ contenders }) => contenders.map(({ label }) => label)));
  for (let count = operations.length; count > 0; count--) {
    if (count * labels.size > room) continue;
    const shown = operations.slice(0, count);
    const left = operations.slice(count).map(({ name }) => name);
    for (const detail of overviewDetails) {
      const one = draw(overviewTable(overview, groups, shown, detail), paper);
      if (one !== null && one.length <= room) return { lines: one, omitted: omittedOperations(left) };
    }
    for (const detail of overviewDetails) {
      const each = groups.map((group) => draw(overviewTable(overview, [group], shown, detail), paper));
      const lines = each.flatMap((drawn) => drawn ?? []);
      if (each.every((drawn) => drawn !== null) && lines.length <= room)
        return { lines, omitted: omittedOperations(left) };
    }
  }
  return firstCondition(overview, room, paper);
}

/** The one operation and the one condition that were asked for, and of them as many targets as fit. */
function firstCondition({ groups, operations, ...rest }: Overview, room: number, paper: Paper): ScreenTables {
  const [group, ...others] = groups as readonly [ConditionGroup, ...ConditionGroup[]];
  const omitted = omittedOperations(operations.slice(1).map(({ name }) => name));
  const conditions = others.length === 0 ? [] : [`under ${listed(others.map(({ condition }) => condition))}`];
  for (const detail of overviewDetails) {
    const table = overviewTable({ groups, operations, ...rest }, [group], operations.slice(0, 1), detail);
    const drawn = drawTrimmed(table, room, paper);
    if (drawn === null) continue;
    const rows = drawn.left === 0 ? [] : [`${drawn.left} of ${table.rows.length} targets`];
    return { lines: drawn.lines, omitted: [...omitted, ...rows, ...conditions] };
  }
  return { lines: [], omitted: ['the figures of each operation'] };
}

function omittedOperations(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [listed(names)];
}

const mostNamed = 4;

export function listed(names: readonly string[]): string {
  return names.length <= mostNamed
    ? names.join(', ')
    : `${names.slice(0, mostNamed - 1).join(', ')} and ${names.length - mostNamed + 1} more`;
}

/** What the faults did, whole sentences while there is room. */
function findingLines({ groups }: Overview, room: number, width: number): string[] {
  const lines: string[] = [];
  for (const group of groups) {
    for (const finding of findingsOf(group)) {
      const text = groups.length > 1 ? `${group.condition} – ${finding}` : finding;
      const wrapped = wrap(cleanLine(text), width - 1).map((line) => ` ${line}`);
      if (lines.length + wrapped.length + 1 <= room) lines.push(...wrapped);
    }
  }
  return lines.length === 0 ? [] : ['', ...lines];
}
