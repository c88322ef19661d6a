/** The answer and the tables as Markdown, to paste into a pull request. */
import type { RunResult } from '../result/result-types.ts';
import { answer } from './answer.ts';
import { capacityTable, limitNotes, withoutProbes } from './capacity.ts';
import { comparisonTables, engineTable } from './comparison-tables.ts';
import { crossingTable } from './crossing.ts';
import { doubtsOf, doubtText, faultTable, limitationsOf, readingNotes, settingsTable, trialsText } from './fairness.ts';
import { findingsOf } from './findings.ts';
import { formatThresholdActual } from './format-threshold.ts';
import { ledgerTable } from './ledger-table.ts';
import { memoryTable } from './memory-table.ts';
import { paymentsTable } from './payments-table.ts';
import { policyTable } from './policy-table.ts';
import { recoveryTable } from './recovery-text.ts';
import { fullTitles, type Table } from './table.ts';
import { recommendedSnippets, tuningTables } from './tuning.ts';

export function renderMarkdown(whole: RunResult): string {
  const result = withoutProbes(whole);
  const capacity = capacityTable(whole);
  const crossing = crossingTable(result);
  const { question, name } = result.plan;
  const engines = engineTable(result);
  const { trials } = result;
  const recovery = recoveryTable(trials, trials);
  const chaos = [paymentsTable(trials), policyTable(trials), recovery, faultTable(trials)].flatMap((one) => one ?? []);
  const [lead, ...rest] = answer(result).sentences;
  const parts = [
    `# ${escaped(question ?? name)}`,
    lead === undefined ? 'No trial was finished.' : `**${escaped(lead)}**`,
    rest.map(escaped).join(' '),
    ...recommendedSnippets(whole).map((snippet) => `\`${snippet}\``),
    ...tuningTables(whole).map(renderTable),
    ...(crossing === null ? [] : [renderTable(crossing)]),
    ...(capacity === null
      ? []
      : [
          renderTable(capacity),
          limitNotes(whole)
            .map((note) => `- ${escaped(note)}`)
            .join('\n'),
        ]),
    ...comparisonTables(result).flatMap(({ group, latency, cost, arrivals }) => [
      `## ${escaped(group.condition)}`,
      findingsOf(group)
        .map((finding) => `- ${escaped(finding)}`)
        .join('\n'),
      ...[...latency, cost, arrivals, ledgerTable(group), memoryTable(group)]
        .flatMap((table) => table ?? [])
        .map(renderTable),
    ]),
    ...(engines === null ? [] : [renderTable(engines)]),
    ...section('Thresholds', thresholds(result)),
    ...chaos.map(renderTable),
    ...section('Doubts', doubts(result)),
    ...(result.trials.length === 0 ? [] : [renderTable(settingsTable(result))]),
    ...section('Reading this', result.trials.length === 0 ? [] : notes(result)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`### ${title}`, items.map((item) => `- ${item}`).join('\n')];
}

function renderTable(table: Table): string {
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const alignment = `|${table.columns.map(({ kind }) => (kind === 'figure' ? '--:' : '---')).join('|')}|`;
  const rows = table.rows.map(({ cells }) => row(cells));
  return [`### ${escaped(table.title)}`, '', row(fullTitles(table)), alignment, ...rows].join('\n');
}

function thresholds(result: RunResult): string[] {
  const words = { pass: 'pass', fail: '**fail**', noData: '**no data**' };
  return result.thresholds.map(
    (one) => `${words[one.status]}: ${escaped(`${one.expression}${formatThresholdActual(one)}`)}`,
  );
}

function doubts(result: RunResult): string[] {
  return doubtsOf(result).map((doubt) => {
    const who = doubt.trials.length === 0 ? '' : `${escaped(trialsText(doubt.trials))} ${doubt.status}: `;
    return `${who}${escaped(doubtText(doubt))}`;
  });
}

function notes(result: RunResult): string[] {
  const limits = limitationsOf(result).flatMap(([engine, all]) => all.map((one) => `${engine}: ${one}`));
  return [...readingNotes(result), ...limits].map(escaped);
}

function escaped(text: string): string {
  return text.replace(/[\\|<>`*_[\]#]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}
