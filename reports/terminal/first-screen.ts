/**
 * The first look on a terminal: the answer on top, what it rests on, where to look further, in at most 40 lines at 80
 * columns. What does not fit is in the full report, and it says so. Pure.
 */
import type { RunResult } from '../../result/result-types.ts';
import { type Answer, answer, type SentenceKind } from '../answer/answer.ts';
import { crossingTable } from '../answer/crossing.ts';
import { isBuiltOnPurpose } from '../answer/drain-sentences.ts';
import { errorSummary } from '../figures/error-texts.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { runFacts } from '../figures/run-facts.ts';
import { cacheTables } from '../tables/cache-tables.ts';
import { callersTable } from '../tables/callers-table.ts';
import { capacityTable, withoutProbes } from '../tables/capacity.ts';
import { chainTable } from '../tables/chain-table.ts';
import { couplingTable } from '../tables/coupling-table.ts';
import { deliveryAccount } from '../tables/delivery-account.ts';
import { drainTable } from '../tables/drain-table.ts';
import { fallbackTable } from '../tables/fallback-table.ts';
import { groupTable } from '../tables/group-table.ts';
import { limitsTable } from '../tables/limits-table.ts';
import { millionCostTable } from '../tables/million-cost.ts';
import { outputsTable } from '../tables/outputs-table.ts';
import { overviewGroups } from '../tables/overview-tables.ts';
import { poisonTables } from '../tables/poison-tables.ts';
import { rebuildTables } from '../tables/rebuild-tables.ts';
import { finalsTables, recommendedSnippets } from '../tables/tuning.ts';
import { versionsTables } from '../tables/versions-tables.ts';
import { formatThresholdActual } from '../text/format-threshold.ts';
import { nameColumn, type Table } from '../text/table.ts';
import { listed, screenTables } from './screen-tables.ts';
import type { TerminalOptions } from './terminal.ts';
import { type Palette, paletteFor } from './terminal-palette.ts';
import { cleanLine, wrap } from './terminal-text.ts';

export interface ScreenOptions extends TerminalOptions {
  /** Where the result lies; null: nowhere that could be named. */
  readonly directory: string | null;
  /** Within it; null: it was not written. */
  readonly page: string | null;
}

const mostLines = 40;
const most = { question: 2, answer: 12, facts: 3, errors: 2, thresholds: 4, doubts: 4 } as const;
const leastWidth = 40;
/** Prose wider than this is tiring to read. */
const proseWidth = 120;

export function renderFirstScreen(whole: RunResult, options: ScreenOptions): string {
  const result = withoutProbes(whole);
  const palette = paletteFor(options.colour);
  const width = Math.max(leastWidth, options.width);
  const prose = Math.min(width, proseWidth);
  const told = answer(result);
  const question = limited(wrap(cleanLine(result.plan.question ?? result.plan.name), prose), most.question);
  const snippets = recommendedSnippets(whole).flatMap((snippet) => indented(snippet, prose));
  const lead = answerLines(told, prose, most.answer - Math.min(snippets.length, 6));
  const facts = [
    ...limited(wrapped(runFacts(result), prose), most.facts),
    ...limited(wrapped(errorSummary(result) ?? '', prose), most.errors),
  ];
  const thresholds = thresholdLines(result, prose, palette);
  const doubts = doubtLines(result, prose, palette);
  const fixed = [question, lead.lines, limited(snippets, 6), facts, thresholds, doubts].reduce(
    (sum, lines) => sum + lines.length,
    0,
  );
  const further = (omitted: readonly string[]) => furtherLines(whole, options, prose, omitted);
  const reserved = further(['x'.repeat(prose)]).length + 1;
  const own = ownTables(whole);
  const tables = screenTables(result, { own: own.tables, lines: mostLines - fixed - reserved, width }, palette);
  const lines = [
    ...question.map(palette.strong),
    ...lead.lines,
    ...limited(snippets, 6),
    ...tables.lines,
    '',
    ...facts,
    ...thresholds,
    ...doubts,
    ...further([...lead.omitted, ...tables.omitted, ...own.omitted]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What the command was about, before any figure of an operation. Of some accounts there is room for one condition. */
function ownTables(result: RunResult): { tables: Table[]; omitted: string[] } {
  const groups = overviewGroups(result);
  const [first, ...others] = groups;
  const place = first === undefined || others.length === 0 ? '' : `${first.condition} · `;
  const ofFirst = (draw: (group: ConditionGroup) => (Table | null)[]) =>
    (first === undefined ? [] : draw(first)).flatMap((table) =>
      table === null ? [] : [{ ...table, title: `${place}${table.title}` }],
    );
  const [before, behind] = [ofFirst(endsOf), ofFirst(coursesOf)];
  const all = [
    capacityTable(result),
    millionCostTable(result),
    ...finalsTables(result),
    crossingTable(result),
    couplingTable(result),
    ...before,
    overConditions(groups, groupTable),
    deliveryAccount(groups),
    ...behind,
    fallbackTable(result.trials),
  ];
  const unseen = others.map(({ condition }) => condition);
  return {
    tables: all.flatMap((table) => table ?? []),
    omitted: before.length + behind.length === 0 || unseen.length === 0 ? [] : [`under ${listed(unseen)}`],
  };
}

/** What became of operations. */
function endsOf(group: ConditionGroup): (Table | null)[] {
  return [chainTable(group), ...limitTables(group), ...poisonTables(group), outputsTable(group)];
}

/** What went on meanwhile. */
function coursesOf(group: ConditionGroup): (Table | null)[] {
  return [
    ...cacheTables(group),
    ...rebuildTables(group),
    ...versionsTables(group),
    isBuiltOnPurpose(group) ? drainTable(group) : null,
  ];
}

/** One table, with the condition before each row; null: none has any. */
function overConditions(groups: readonly ConditionGroup[], of: (group: ConditionGroup) => Table | null): Table | null {
  const drawn = groups.flatMap((group) => {
    const table = of(group);
    return table === null ? [] : [{ ...table, condition: group.condition }];
  });
  const [first] = drawn;
  if (first === undefined || groups.length === 1) return first ?? null;
  const { title, spans, columns } = first;
  return {
    title,
    spans: spans.length === 0 ? [] : [{ text: '', columns: 1 }, ...spans],
    columns: [nameColumn('under'), ...columns],
    rows: drawn.flatMap(({ rows, condition }) => rows.map((row) => ({ ...row, cells: [condition, ...row.cells] }))),
  };
}

/** Of rate limits latencies say little: who was let through, and when, is what counts. */
function limitTables(group: ConditionGroup): (Table | null)[] {
  const limits = limitsTable(group);
  return limits === null ? [] : [limits, callersTable(group)];
}

const leads: readonly SentenceKind[] = ['lead', 'figures', 'partial', 'order', 'more'];

/** Whole sentences while they fit; the first one always, cut where it is longer than all the room. */
function answerLines({ parts }: Answer, width: number, room: number): { lines: string[]; omitted: string[] } {
  const hasLead = parts.some(({ kind }) => kind === 'lead');
  const kinds = leads.filter((kind) => kind !== 'figures' || !hasLead); // the table has them
  const told = kinds.flatMap((kind) => parts.filter((part) => part.kind === kind));
  const [first, ...others] = told.map(({ text }) => wrap(cleanLine(text), width - 1).map((line) => ` ${line}`));
  if (first === undefined) return { lines: ['No trial was finished.'], omitted: [] };
  const lines = limited(first, room);
  let left = 0;
  for (const other of others) {
    if (lines.length + other.length <= room) lines.push(...other);
    else left++;
  }
  return { lines, omitted: left === 0 ? [] : [`${left} more ${left === 1 ? 'sentence' : 'sentences'} of the answer`] };
}

/** Those that did not hold by themselves, the others as a number. */
function thresholdLines({ thresholds }: RunResult, width: number, palette: Palette): string[] {
  if (thresholds.length === 0) return [];
  const passed = thresholds.filter(({ status }) => status === 'pass').length;
  const broken = thresholds.filter(({ status }) => status !== 'pass');
  if (broken.length === 0)
    return [passed === 1 ? 'The threshold holds.' : `All ${passed} thresholds hold.`].map(palette.good);
  const room = broken.length > most.thresholds - 1 ? most.thresholds - 2 : broken.length;
  const lines = broken.slice(0, room).map((one) => {
    const [mark, paint] =
      one.status === 'fail' ? (['FAIL', palette.bad] as const) : (['no data', palette.suspect] as const);
    return paint(cut(cleanLine(`${mark}  ${one.expression}${formatThresholdActual(one)}`), width));
  });
  const more = broken.length - room;
  return [
    `Of ${thresholds.length} thresholds ${passed} ${passed === 1 ? 'holds' : 'hold'}:`,
    ...lines,
    ...(more > 0 ? [`and ${more} more that ${more === 1 ? 'does' : 'do'} not.`] : []),
  ];
}

/** Reasons by how many trials have them, those first that make a trial what it is; what there is to do about them is in the full report. */
function doubtLines({ trials, warnings }: RunResult, width: number, palette: Palette): string[] {
  const byStatus = (['invalid', 'suspect'] as const).flatMap((status) => {
    const of = trials.filter(({ verdict }) => verdict.status === status);
    if (of.length === 0) return [];
    const codes = new Map<string, number>();
    for (const { verdict } of of) {
      for (const code of new Set(verdict.reasons.map((reason) => reason.code)))
        codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    const decides = new Set(
      of.flatMap(({ verdict }) => verdict.reasons.filter((reason) => reason.status === status)).map(({ code }) => code),
    );
    const sorted = [...codes]
      .sort(([a, countA], [b, countB]) => Number(decides.has(b)) - Number(decides.has(a)) || countB - countA)
      .map(([code, count]) => `${code} in ${count}`);
    return [palette[status](cut(cleanLine(`${of.length} ${status}: ${sorted.join(', ')}`), width))];
  });
  const room = most.doubts - byStatus.length;
  const texts = warnings.map(({ message }) => palette.suspect(cut(cleanLine(`warning: ${message}`), width)));
  const shown = texts.length > room ? texts.slice(0, room - 1) : texts;
  const more = texts.length - shown.length;
  return [...byStatus, ...shown, ...(more > 0 ? [`and ${more} more ${more === 1 ? 'warning' : 'warnings'}`] : [])];
}

function furtherLines(
  { trials }: RunResult,
  { directory, page }: ScreenOptions,
  width: number,
  omitted: readonly string[],
): string[] {
  const notShown = omitted.length === 0 ? [] : wrap(cleanLine(`Not shown here: ${omitted.join(', ')}.`), width);
  if (directory === null) return trials.length === 0 ? [] : [...notShown, 'All of it: --full'];
  if (trials.length === 0) return [cleanLine(`Result: ${directory}`)];
  // Paths stay whole, however long: they are there to be copied.
  const command = cleanLine(`All of it: bench report ${directory} --full`);
  const file = page === null ? null : cleanLine(`${directory}/${page}`);
  if (file === null) return [...notShown, command];
  const one = `${command}; ${file}`;
  return [...notShown, ...(one.length <= width ? [one] : [command, `Page: ${file}`])];
}

/** No line for nothing. */
function wrapped(text: string, width: number): string[] {
  return text === '' ? [] : wrap(cleanLine(text), width);
}

function indented(text: string, width: number): string[] {
  return wrap(cleanLine(text), width - 2).map((line) => `  ${line}`);
}

/** What is cut off is told by a mark; the full report has it. */
function limited(lines: readonly string[], room: number): string[] {
  if (lines.length <= room) return [...lines];
  const kept = lines.slice(0, room);
  const last = kept.at(-1) ?? '';
  return [...kept.slice(0, -1), `${last.slice(0, Math.max(0, last.length - 2))} …`];
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
