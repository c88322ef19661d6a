/** Figures over many results as one page that needs nothing else: a chart and a table for each. Pure. */
import type { FigureHistory, HistoryPoint } from '../../result/compare/figure-history.ts';
import { escapeHtml, htmlTable } from '../html/html-table.ts';
import { valueText } from './comparison-terminal.ts';
import { dayAndTime, historyTable, historyTitle } from './history-table.ts';

export function renderHistoryHtml(histories: readonly FigureHistory[]): string {
  const sections = histories.map((history) => {
    const title = escapeHtml(historyTitle(history));
    return `<section><h2>${title}</h2>\n${chart(history)}\n${htmlTable(historyTable(history))}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>History</title><style>${style}</style></head><body>
<h1>History of ${histories.length === 1 ? 'a figure' : `${histories.length} figures`}</h1>
<p>One point a result, in the order of their starts, evenly spaced. Whiskers: the 95 % interval of its repeats, of a single one that within the run; an arrow goes on beyond what was reached. A broken line: scenario, settings, versions or machine are others from there on, as the table says, and the figures to either side of it are not of the same.</p>
${sections.join('\n')}
</body></html>
`;
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1d2733;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem}table{border-collapse:collapse}caption{text-align:left;padding:.5rem 0}
td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #dfe5ec;vertical-align:top}th[scope=row],.text{text-align:left}.table{overflow-x:auto}
svg{width:100%;height:auto}.grid{stroke:#dfe5ec}.change{stroke:#b35c00;stroke-dasharray:5 4}.point{stroke:#33475b;fill:#33475b}
text{fill:#1d2733;font-size:12px}.changed{fill:#b35c00}figure{margin:1rem 0}figcaption{font-size:.85rem}`;

const width = 960;
const height = 300;
const plot = { left: 84, right: 948, top: 22, bottom: 262 };
const whisker = 5;
/** So many times stand below it without meeting each other. */
const mostLabels = 8;

function chart(history: FigureHistory): string {
  const { points } = history;
  const values = points.flatMap(({ value, low, high }) => [value, low, high].filter((one) => one !== null && one > 0));
  if (values.length === 0) return '<p>No result reached it.</p>';
  const scale = scaleOf(values as readonly number[]);
  const step = (plot.right - plot.left) / points.length;
  const xOf = (n: number) => round(plot.left + (n + 0.5) * step);
  const grid = scale.ticks.map((tick) => {
    const y = scale.yOf(tick);
    return `<path class="grid" d="M${plot.left} ${y}H${plot.right}"/><text x="${plot.left - 8}" y="${y + 4}" text-anchor="end">${escapeHtml(valueText(history, tick))}</text>`;
  });
  const every = Math.ceil(points.length / mostLabels);
  const labels = points.map(({ startedAt }, n) =>
    n % every === 0
      ? `<text x="${xOf(n)}" y="${plot.bottom + 22}" text-anchor="middle">${escapeHtml(dayAndTime(startedAt))}</text>`
      : '',
  );
  const changes = points.map(({ changes: of }, n) => {
    if (of.length === 0) return '';
    const x = round(plot.left + n * step);
    return `<path class="change" d="M${x} ${plot.top}V${plot.bottom}"><title>${escapeHtml(of.join('\n'))}</title></path><text class="changed" x="${x}" y="${plot.top - 8}" text-anchor="middle">changed</text>`;
  });
  const marks = points.map((point, n) => mark(history, point, xOf(n), scale.yOf));
  const label = `${historyTitle(history)} over ${points.length} results; the numbers are in the table below`;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">${grid.join('')}${labels.join('')}${changes.join('')}
${marks.filter(Boolean).join('\n')}
</svg><figcaption>Logarithmic. ${history.higherIsBetter ? 'Higher' : 'Lower'} is better.</figcaption></figure>`;
}

function mark(history: FigureHistory, point: HistoryPoint, x: number, yOf: (value: number) => number): string {
  const { name, value, low, high } = point;
  const title = `<title>${escapeHtml(`${name}: ${value === null ? 'not reached' : valueText(history, value)}`)}</title>`;
  if (value === null) return `<text x="${x}" y="${plot.top + 10}" text-anchor="middle">×${title}</text>`;
  const end = (y: number) => `M${x - whisker} ${y}H${x + whisker}`;
  const arrow = `M${x - whisker} ${plot.top + whisker}L${x} ${plot.top}L${x + whisker} ${plot.top + whisker}`;
  const lines =
    low === null
      ? ''
      : `<path fill="none" d="M${x} ${yOf(low)}V${high === null ? plot.top : yOf(high)}${end(yOf(low))}${high === null ? arrow : end(yOf(high))}"/>`;
  return `<g class="point">${lines}<circle cx="${x}" cy="${yOf(value)}" r="4"/>${title}</g>`;
}

/** Logarithmic, and no narrower than a factor of 1.2, so that noise is not drawn as cliffs. */
function scaleOf(values: readonly number[]) {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const pad = Math.max(1.03, Math.sqrt(Math.max(1, 1.2 / (highest / lowest))));
  const [from, to] = [lowest / pad, highest * pad];
  const yOf = (value: number) => {
    const share = Math.log(Math.max(value, from) / from) / Math.log(to / from);
    return round(plot.bottom - share * (plot.bottom - plot.top));
  };
  return { yOf, ticks: [0.05, 0.35, 0.65, 0.95].map((share) => from * (to / from) ** share) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
