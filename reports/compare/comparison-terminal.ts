/** A comparison on a terminal: what differs first, the answer, a row for each figure that both have. Pure. */
import type {
  ComparisonAnswer,
  ComparisonCount,
  ComparisonResult,
  ComparisonRow,
  GateResult,
} from '../../result/compare/comparison-result.ts';
import { settingsText } from '../../result/settings-text.ts';
import type { TerminalOptions } from '../terminal/terminal.ts';
import { renderSections } from '../terminal/terminal-sections.ts';
import { formatBytes, formatCount, formatRate, formatRatio, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table, textColumns } from '../text/table.ts';

/** Of what hardly matters: more are counted, not listed. */
const mostDifferences = 12;

export function renderComparison(comparison: ComparisonResult, options: TerminalOptions): string {
  const { counts, gates, leftOut, onlyOneHas, warnings } = comparison;
  const sections = [
    { title: 'what differs', sentences: differenceLines(comparison) },
    { title: 'figures', tables: comparisonTables(comparison) },
    {
      title: 'counts',
      ...(counts.length === 0
        ? { sentences: ['Ledger, errors and what else is counted: none on either side.'] }
        : { tables: [countsTable(comparison)] }),
    },
    { title: 'gates', sentences: gates.map(gateText) },
    {
      title: 'left out',
      sentences: [...leftOut.map(({ side, trial, reason }) => `${side} ${trial}: ${reason}`), ...onlyOneHas],
    },
    {
      title: 'doubts',
      sentences: [...doubtsOf(comparison), ...warnings.map(({ message, remedy }) => `${message} ${remedy}`)],
    },
    { title: 'reading this', sentences: readingOf(comparison) },
  ];
  return renderSections(comparisonSentences(comparison), sections, options);
}

const answerWords = {
  better: 'better',
  worse: 'worse',
  same: 'same',
  cannotTell: 'cannot tell',
} as const satisfies Record<ComparisonAnswer, string>;

/** The answer in words, what was forced first. */
export function comparisonSentences(comparison: ComparisonResult): string[] {
  const { rows, isForced, status, blocks, method, gates } = comparison;
  const count = (answer: ComparisonAnswer) => rows.filter((row) => row.answer === answer).length;
  const forced = comparison.differences.filter(({ refused }) => refused).map(({ what }) => what);
  const primary = rows.filter(({ isPrimary }) => isPrimary).map((row) => `${placeOf(row)}: ${answerText(row)}.`);
  const counts = (['worse', 'better', 'same', 'cannotTell'] as const)
    .filter((answer) => count(answer) > 0)
    .map((answer) => `${count(answer)} ${answerWords[answer]}`);
  const failed = gates.filter((gate) => gate.status === 'fail').map(({ expression }) => expression);
  return [
    ...(isForced ? [`FORCED: figures of different things stand beside each other (${forced.join(', ')}).`] : []),
    ...(status === 'interrupted' && method === 'interleaved'
      ? [`Interrupted: compared is what is paired, ${blocks.length} blocks.`]
      : []),
    ...primary,
    `${formatCount(rows.length)} figures compared: ${counts.join(', ') || 'none'}.`,
    ...(failed.length > 0 ? [`Gates failed: ${failed.join(' · ')}.`] : []),
  ];
}

export function answerText(row: ComparisonRow): string {
  const word = answerWords[row.answer];
  if (row.answer !== 'cannotTell') return row.reason === null ? word : `${word} (${row.reason})`;
  const below = row.tellsFrom === null || row.isDoubtful ? '' : ` below ${shareText(row.tellsFrom)}`;
  const needed = row.pairsNeeded === null || row.isDoubtful ? '' : `, ${formatCount(row.pairsNeeded)} pairs would`;
  return `${word}${below}${needed}`;
}

function shareText(share: number): string {
  const percent = share * 100;
  return percent > 999 ? 'ten times' : `± ${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** One a pair of sides; the primary leads. */
export function comparisonTables({ sides, rows }: ComparisonResult): Table[] {
  const [base, ...others] = sides;
  return others.flatMap(({ name: side }) => {
    const own = rows.filter((row) => row.side === side);
    if (own.length === 0) return [];
    return [
      {
        title: `${side} against ${base?.name ?? 'base'}${own.some(({ isPrimary }) => isPrimary) ? ' · ▶ the figure that is tested' : ''}`,
        spans: [],
        columns: [nameColumn(''), ...figureColumns('base', 'new', 'ratio', 'interval', 'n'), ...textColumns('answer')],
        rows: own.map((row) => ({
          cells: cellsOf(row),
          status:
            row.answer === 'worse' ? ('invalid' as const) : row.isDoubtful ? ('suspect' as const) : ('valid' as const),
        })),
      },
    ];
  });
}

function cellsOf(row: ComparisonRow): string[] {
  const { ratio, pairs, baseTrials, otherTrials } = row;
  return [
    `${row.isPrimary ? '▶ ' : ''}${placeOf(row)}`,
    valueText(row, row.base),
    valueText(row, row.other),
    ratio === null ? '–' : formatRatio(ratio.ratio),
    intervalText(row),
    pairs === null ? (baseTrials === otherTrials ? `${baseTrials}` : `${baseTrials}, ${otherTrials}`) : `${pairs}`,
    answerText(row),
  ];
}

/** Bounds further out than this say nothing of two runs, and their digits would only look exact. */
const widestRatio = 1_000;

export function intervalText({ ratio }: ComparisonRow): string {
  if (ratio === null || ratio.low === null || ratio.high === null) return '–';
  if (ratio.high > widestRatio || ratio.low < 1 / widestRatio) return 'no bounds';
  return `${formatRatio(ratio.low)}–${formatRatio(ratio.high)}`;
}

export function placeOf({ target, variant, condition, phase, operation, metric }: ComparisonRow): string {
  const settings = settingsText(variant);
  return [target, settings, condition, phase === 'whole trial' ? '' : phase, operation ?? '', metric]
    .filter(Boolean)
    .join(' ');
}

export function valueText({ unit }: Pick<ComparisonRow, 'unit'>, value: number | null): string {
  if (value === null) return '–';
  if (unit === 'us') return formatUs(value);
  if (unit === 'bytes') return formatBytes(value);
  return unit === 'perSecond' ? formatRate(value) : value < 10 ? value.toPrecision(3) : formatCount(value);
}

export function differenceLines({ differences, sides }: ComparisonResult): string[] {
  const settings = sides
    .filter((side) => side.settings.length > 0)
    .map((side) => `${side.name}: ${side.settings.join(', ')}`);
  const own = differences.map(({ side, what, base, other, refused }) => {
    const of = sides.length > 2 ? `${side}: ` : '';
    return `${refused ? '! ' : ''}${of}${what} ${base ?? '(none)'} → ${other ?? '(none)'}`;
  });
  const shown = own.slice(0, mostDifferences);
  const more = own.length > shown.length ? [`and ${own.length - shown.length} more, in comparison.json`] : [];
  const all = [...settings, ...shown, ...more];
  return all.length === 0 ? ['Nothing: the same scenario, seed, settings, versions and machine.'] : all;
}

export function countsTable({ counts, sides }: ComparisonResult): Table {
  const several = sides.length > 2;
  return {
    title: 'ledger, errors and what else is counted, all trials that count together',
    spans: [],
    columns: [nameColumn(''), ...figureColumns('base', 'trials', 'new', 'trials')],
    rows: counts.map((count) => ({ cells: countCells(count, several), status: 'valid' })),
  };
}

function countCells(count: ComparisonCount, several: boolean): string[] {
  const { side, target, variant, condition, what, base, other, baseTrials, otherTrials } = count;
  const known = (value: number | null) => (value === null ? '?' : formatCount(value));
  const place = [several ? side : '', target, settingsText(variant), condition, what].filter(Boolean).join(' ');
  return [place, known(base), `${baseTrials}`, known(other), `${otherTrials}`];
}

export function gateText({ expression, status, rows }: GateResult): string {
  const words = { pass: 'pass', fail: 'FAIL', cannotTell: 'cannot tell' } as const;
  const at =
    rows.length === 0
      ? ' (nothing fits it)'
      : status === 'pass'
        ? ''
        : ` (${rows.slice(0, 4).join('; ')}${rows.length > 4 ? ', …' : ''})`;
  return `${words[status]}  ${expression}${at}`;
}

/** Why rows tell nothing, each reason once. */
export function doubtsOf({ rows }: ComparisonResult): string[] {
  const reasons = new Map<string, string[]>();
  for (const row of rows) {
    if (row.answer !== 'cannotTell' || row.reason === null) continue;
    reasons.set(row.reason, [...(reasons.get(row.reason) ?? []), placeOf(row)]);
  }
  return [...reasons].map(([reason, places]) => {
    const named = places.slice(0, 3).join('; ');
    return `Cannot tell, ${reason}: ${named}${places.length > 3 ? ` and ${places.length - 3} more` : ''}.`;
  });
}

export function readingOf({ method, minEffect, blocks, rows }: ComparisonResult): string[] {
  const effect = `${Math.round(minEffect * 1000) / 10} %`;
  const how = {
    interleaved: `Both sides were played alternately, ${blocks.length} blocks (${blocks.join(' ')}); each block is a pair, n counts them.`,
    baselineNoise:
      'Stored runs: the interval holds how much runs of the same differ, by the A/A set; n counts repeats.',
    stored: 'Stored runs without an A/A set: the interval is a factor of 1.5 wider than what was seen within the runs.',
  } as const;
  const primary = rows.some(({ isPrimary }) => isPrimary) ? ' The tested figure stands alone, at 5 %.' : '';
  return [
    how[method],
    `Intervals of the ratio hold together in 95 % of all cases (Holm over ${rows.length} figures).${primary} Better and worse: beyond ± ${effect} and larger than the instrument’s error. Same: the 90 % interval lies within ± ${effect}.`,
  ];
}
