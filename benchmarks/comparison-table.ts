/** What a person reads: one table a comparison, the goals beside the ratios. */
import type { ComparisonSummary, RatioSummary, ToolSummary } from './comparison.ts';
import { doubtsOf } from './goal-line.ts';
import { inWords } from './spread.ts';

const titles = {
  fixedRate: { figure: 'CPU a request, µs', ratio: 'ours ÷ peer', sign: '≤' },
  highest: { figure: 'CPU a request, µs', ratio: 'per CPU-second, ours ÷ peer', sign: '≥' },
} as const;

export function comparisonTable(summary: ComparisonSummary): string {
  const { figure, ratio, sign } = titles[summary.model];
  const header = ['', figure, 'a second', 'peak memory, MiB', 'failed', ratio, 'goal', ''];
  const rows = summary.tools.map((tool) => [
    tool.name,
    inWords(tool.cpuUsPerRequest, 1),
    inWords(tool.perSecond, 0),
    (tool.peakRssBytes.median / 2 ** 20).toFixed(0),
    tool.failed.toLocaleString('en'),
    ...goalCells(tool.ratio, sign),
  ]);
  const rounds = Math.max(...summary.tools.map((tool) => tool.rounds.length));
  const left = summary.roundsLeftOut === 0 ? '' : `; ${summary.roundsLeftOut} left out for want of time`;
  return [
    `${summary.title} (median, least–most of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}${left})`,
    ...aligned([header, ...rows]).map((line) => `  ${line}`),
    ...summary.tools.flatMap((tool) => remarks(tool, rounds)),
    '',
  ].join('\n');
}

function goalCells(ratio: RatioSummary | null, sign: string): string[] {
  if (ratio === null) return ['', '', ''];
  const goal = ratio.goal === null ? ['', ''] : [`${sign} ${ratio.goal}`, ratio.isMet ? 'met' : 'NOT MET'];
  return [inWords(ratio.spread, 2), ...goal];
}

function remarks({ name, unequal, rounds, ratio }: ToolSummary, allRounds: number): string[] {
  const once = ratio?.goal === null && rounds.length < allRounds ? ['one round only, as no goal hangs on it'] : [];
  const doubts = rounds.flatMap(({ verdict }) => verdict?.reasons ?? []);
  const lags = rounds.flatMap(({ verdict }) => verdict?.sendLagP99Us ?? []);
  const worst =
    lags.length === 0 ? [] : [`send lag p99 ${Math.max(...lags).toLocaleString('en')} µs in its worst round`];
  const kinds = doubtsOf(rounds.map(({ verdict }) => verdict?.reasons ?? []));
  const doubted = kinds.length === 0 ? [] : [`not valid for ${kinds.join(', ')} rounds, e.g. ${doubts[0]}`];
  return [...once, ...worst, ...doubted, ...unequal].map((text) => `  · ${name}: ${text}`);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
