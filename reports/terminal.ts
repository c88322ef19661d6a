/** The report on a terminal: the answer, then the tables that fit its width. Pure: colour and width are parameters. */
import type { RunResult } from '../result/result-types.ts';
import { answer } from './answer.ts';
import { capacityTable, limitNotes, withoutProbes } from './capacity.ts';
import { comparisonTables, engineTable } from './comparison-tables.ts';
import { crossingTable } from './crossing.ts';
import { doubtsOf, doubtText, instrumentNotes, limitationsOf, settingsTable, trialsText } from './fairness.ts';
import { findingsOf } from './findings.ts';
import { formatThresholdActual } from './format-threshold.ts';
import { formatCount } from './format-values.ts';
import { hasCleanLedger, ledgerTable } from './ledger-table.ts';
import { memoryTable } from './memory-table.ts';
import { paymentsTable } from './payments-table.ts';
import { policyTable } from './policy-table.ts';
import { recoveryTable } from './recovery-text.ts';
import { totalCounts } from './result-view.ts';
import { type Palette, paletteFor } from './terminal-palette.ts';
import { renderTable } from './terminal-table.ts';
import { cleanLine, wrap } from './terminal-text.ts';
import { recommendedSnippets, tuningTables } from './tuning.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
}

const leastWidth = 40;
/** Prose wider than this is tiring to read. */
const proseWidth = 120;

export function renderTerminal(whole: RunResult, options: TerminalOptions): string {
  const result = withoutProbes(whole);
  const palette = paletteFor(options.colour);
  const width = Math.max(leastWidth, options.width);
  const prose = Math.min(width, proseWidth);
  const [lead = 'No trial was finished.', ...rest] = answer(result).sentences;
  const lines = [
    ...wrap(cleanLine(result.plan.question ?? result.plan.name), prose).map(palette.strong),
    ...wrap(cleanLine(lead), prose),
    ...rest.flatMap((sentence) => wrap(cleanLine(sentence), prose)),
  ];
  for (const snippet of recommendedSnippets(whole)) lines.push(`  ${cleanLine(snippet)}`);
  for (const table of tuningTables(whole)) lines.push(...renderTable(table, width, palette));
  const crossing = crossingTable(result);
  if (crossing !== null) lines.push(...renderTable(crossing, width, palette));
  const capacity = capacityTable(whole);
  if (capacity !== null) {
    lines.push(...renderTable(capacity, width, palette));
    for (const note of limitNotes(whole)) lines.push(...hanging(note, prose).map((line) => `  ${line}`));
  }
  for (const { group, latency, cost, arrivals } of comparisonTables(result)) {
    const ledger = hasCleanLedger(group) ? [] : [ledgerTable(group)];
    lines.push('', palette.strong(`━━ ${cleanLine(group.condition)}`));
    for (const finding of findingsOf(group)) lines.push(...hanging(finding, prose).map((line) => `  ${line}`));
    const trials = group.contenders.flatMap((contender) => contender.trials);
    // What a setting costs in memory is asked where settings are tried out; else the page has it.
    const memory = trials.some(({ variant }) => Object.keys(variant).length > 0) ? memoryTable(group) : null;
    const more = [arrivals, memory, paymentsTable(trials), policyTable(trials), recoveryTable(trials, group.ofRun)];
    for (const table of [...latency, cost, ...ledger, ...more.flatMap((one) => one ?? [])])
      lines.push(...renderTable(table, width, palette));
  }
  const engines = engineTable(result);
  if (engines !== null) lines.push(...renderTable(engines, width, palette));
  const sections: [string, string[]][] = [
    ['thresholds', thresholdLines(result, prose, palette)],
    ['why operations were not ok', errorLines(result, prose)],
    ['doubts', doubtLines(result, prose, palette)],
    ['settings', settingLines(result, prose)],
    ['reading this', instrumentNotes(result).flatMap((note) => hanging(note, prose))],
  ];
  for (const [title, body] of sections) {
    if (body.length > 0) lines.push('', palette.strong(`━━ ${title}`), ...body.map((line) => `  ${line}`));
  }
  return `${lines.join('\n')}\n`;
}

/** The first line stands out to the left of the others. */
function hanging(text: string, width: number): string[] {
  return wrap(cleanLine(text), width - 4).map((line, n) => (n === 0 ? line : `  ${line}`));
}

function thresholdLines({ thresholds }: RunResult, width: number, palette: Palette): string[] {
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

function errorLines({ trials }: RunResult, width: number): string[] {
  return trials.flatMap((trial) => {
    const { offered, ok } = totalCounts([trial]);
    const reasons = errorsOf(trial.phases);
    if (reasons.length === 0 || offered === ok) return [];
    const text = reasons.map(([reason, count]) => `${formatCount(count)} × ${reason}`).join('; ');
    return hanging(`${trial.id}: ${text}`, width);
  });
}

const mostReasons = 4;

/** Others follow redirects, so it is said that nothing here does. */
function reasonText(reason: string): string {
  return /^status 30[12378]$/.test(reason) ? `${reason} (redirects are not followed)` : reason;
}

/** Over the measured phases, most frequent first. */
export function errorsOf(phases: RunResult['trials'][number]['phases']): [string, number][] {
  const sum = new Map<string, number>();
  for (const name of ['steady', 'before', 'during', 'after'] as const) {
    for (const [reason, count] of Object.entries(phases[name]?.errors ?? {})) {
      const shown = reasonText(reason);
      sum.set(shown, (sum.get(shown) ?? 0) + count);
    }
  }
  return [...sum].sort(([, a], [, b]) => b - a).slice(0, mostReasons);
}

function doubtLines(result: RunResult, width: number, palette: Palette): string[] {
  return doubtsOf(result).flatMap((doubt) => {
    const who = doubt.trials.length === 0 ? doubt.code : `${doubt.code}, ${trialsText(doubt.trials)}`;
    return hanging(`${who}: ${doubtText(doubt)}`, width).map((line) => palette[doubt.status](line));
  });
}

function settingLines(result: RunResult, width: number): string[] {
  const { columns, rows } = settingsTable(result);
  const targets = columns.slice(1).flatMap(({ title }, n) => {
    const settings = rows
      .map(({ cells }) => [cells[0], cells[n + 1]] as const)
      .filter(([, value]) => value !== undefined && value !== '–')
      .map(([name, value]) => `${name}: ${value}`);
    return hanging(`${title} – ${settings.join('; ')}`, width);
  });
  const limits = limitationsOf(result).flatMap(([engine, all]) => hanging(`${engine} – ${all.join(' ')}`, width));
  return [...targets, ...limits];
}
