/** A comparison as one page that needs nothing else: the answer, a forest plot of the ratios, the tables. Pure. */
import type { ComparisonResult, ComparisonRow } from '../../result/compare/comparison-result.ts';
import { escapeHtml, htmlTable } from '../html/html-table.ts';
import { formatRatio } from '../text/format-values.ts';
import { comparisonCurves } from './comparison-curves.ts';
import {
  answerText,
  comparisonSentences,
  comparisonTables,
  countsTable,
  differenceLines,
  doubtsOf,
  gateText,
  placeOf,
  readingOf,
} from './comparison-terminal.ts';

export function renderComparisonHtml(comparison: ComparisonResult): string {
  const { scenario, question, sides, rows, counts, gates, leftOut, onlyOneHas, warnings } = comparison;
  const title = `${scenario}: ${sides.map(({ name }) => name).join(' and ')}`;
  const left = [...leftOut.map(({ side, trial, reason }) => `${side} ${trial}: ${reason}`), ...onlyOneHas];
  const doubts = [...doubtsOf(comparison), ...warnings.map(({ message, remedy }) => `${message} ${remedy}`)];
  const plots = sides.slice(1).map(({ name }) =>
    forestPlot(
      rows.filter(({ side }) => side === name),
      comparison,
      name,
    ),
  );
  const sections = [
    list('What differs', differenceLines(comparison)),
    ...plots,
    comparisonCurves(comparison),
    ...comparisonTables(comparison).map(htmlTable),
    counts.length === 0
      ? '<p>Ledger, errors and what else is counted: none on either side.</p>'
      : htmlTable(countsTable(comparison)),
    list('Gates', gates.map(gateText)),
    list('Left out', left),
    list('Doubts', doubts),
    list('Reading this', readingOf(comparison)),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(question ?? title)}</h1>
${comparisonSentences(comparison)
  .map((sentence) => `<p class="answer">${escapeHtml(sentence)}</p>`)
  .join('\n')}
${sections.filter(Boolean).join('\n')}
</body></html>
`;
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return `<section><h2>${title}</h2><ul>${items}</ul></section>`;
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1d2733;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem}.answer{font-weight:600;margin:.3rem 0}table{border-collapse:collapse}caption{text-align:left;padding:.5rem 0}
td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #dfe5ec}th[scope=row],.text{text-align:left}.table{overflow-x:auto}
svg{width:100%;height:auto}.worse{fill:#b3261e;stroke:#b3261e}.better{fill:#18794e;stroke:#18794e}.same{fill:#33475b;stroke:#33475b}
.cannotTell{fill:#8a97a6;stroke:#8a97a6}.grid{stroke:#dfe5ec}.one{stroke:#33475b}.effect{fill:#f1f4f8}text{fill:#1d2733;font-size:12px}
.curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:1rem}figure{margin:1rem 0}figcaption{font-size:.85rem}
.side0{stroke:#33475b;color:#33475b}.side1{stroke:#b35c00;color:#b35c00}.side2{stroke:#18794e;color:#18794e}.side3{stroke:#7a3e9d;color:#7a3e9d}
.key{font-weight:600;margin-right:.8rem}.key:before{content:"";display:inline-block;width:1.4rem;margin-right:.35rem;border-top:3px solid;vertical-align:.25rem}
.key.side1:before{border-top-style:dashed}.key.side2:before{border-top-style:dotted}`;

const width = 960;
const nameWidth = 360;
const plotRight = 690;
const lineHeight = 22;
const top = 24;

/** Ratios on a logarithmic scale around 1; the band is what nobody would act on. An arrow: the interval goes on. */
function forestPlot(rows: readonly ComparisonRow[], { minEffect }: ComparisonResult, side: string): string {
  const known = rows.filter(({ ratio }) => ratio !== null);
  if (known.length === 0) return '';
  const reach = reachOf(known, minEffect);
  const xOf = (ratio: number) => {
    const at = Math.max(-1, Math.min(1, Math.log(ratio) / reach));
    return nameWidth + ((at + 1) / 2) * (plotRight - nameWidth);
  };
  const height = top + known.length * lineHeight + 26;
  const bottom = height - 22;
  const ticks = [-1, -0.5, 0, 0.5, 1].map((at) => Math.exp(at * reach));
  const grid = ticks.map((tick) => {
    const x = round(xOf(tick));
    return `<path class="${tick === 1 ? 'one' : 'grid'}" d="M${x} ${top}V${bottom}"/><text x="${x}" y="${height - 6}" text-anchor="middle">${formatRatio(tick)}×</text>`;
  });
  const [from, to] = [xOf(1 - minEffect), xOf(1 + minEffect)];
  const band = `<rect class="effect" x="${round(from)}" y="${top}" width="${round(to - from)}" height="${bottom - top}"/>`;
  const label = `Ratios of ${side} to the base, ${known.length} figures; the numbers are in the table below`;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">${band}${grid.join('')}
${known.map((row, n) => plotLine(row, top + n * lineHeight + lineHeight / 2, xOf, reach)).join('\n')}
</svg><figcaption>${escapeHtml(side)} ÷ base with 95 % intervals (of all together). Band: ± ${Math.round(minEffect * 100)} %.</figcaption></figure>`;
}

/** In log ratio; so that the points are seen, and the intervals of most. */
function reachOf(rows: readonly ComparisonRow[], minEffect: number): number {
  const ends = rows.flatMap(({ ratio }) => (ratio === null ? [] : [ratio.ratio, ratio.low ?? 1, ratio.high ?? 1]));
  const logs = ends.filter((end) => end > 0 && Number.isFinite(end)).map((end) => Math.abs(Math.log(end)));
  return Math.min(Math.log(8), Math.max(Math.log(1 + 2 * minEffect), ...logs) * 1.05);
}

function plotLine(row: ComparisonRow, y: number, xOf: (ratio: number) => number, reach: number): string {
  const { ratio, answer, isPrimary } = row;
  if (ratio === null) return '';
  const [low, high] = [ratio.low ?? ratio.ratio, ratio.high ?? ratio.ratio];
  const end = (value: number) => (Math.abs(Math.log(Math.max(value, 1e-9))) > reach ? ' arrow' : '');
  const line = `M${round(xOf(low))} ${y}H${round(xOf(high))}`;
  const arrows = `${end(low) === '' ? '' : `<text x="${round(xOf(low) - 4)}" y="${y + 4}" text-anchor="end">‹</text>`}${end(high) === '' ? '' : `<text x="${round(xOf(high) + 4)}" y="${y + 4}">›</text>`}`;
  return `<g><text x="0" y="${y + 4}">${isPrimary ? '▶ ' : ''}${escapeHtml(placeOf(row))}</text><g class="${answer}"><path d="${line}" stroke-width="2"/><circle cx="${round(xOf(ratio.ratio))}" cy="${y}" r="4"/></g>${arrows}<text x="${plotRight + 16}" y="${y + 4}">${escapeHtml(answerText(row))}</text></g>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
