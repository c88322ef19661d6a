/** The latencies of all sides over their percentiles, one drawing a target, condition and phase: SVG, both axes logarithmic. Pure. */
import type { ComparedCurve, ComparisonResult } from '../../result/compare/comparison-result.ts';
import { settingsText } from '../../result/settings-text.ts';
import { escapeHtml } from '../html/html-table.ts';
import { formatUs } from '../text/format-values.ts';

const width = 420;
const height = 230;
const plot = { left: 62, right: 408, top: 12, bottom: 196 };
const percentiles = [0.1, 0.5, 0.9, 0.99, 0.999, 0.9999];
/** Apart without colours, too. */
const dashes = ['', '6 4', '2 3', '10 3 2 3'];

export function comparisonCurves({ curves = [], sides }: ComparisonResult): string {
  const names = sides.map(({ name }) => name);
  const drawings = [...Map.groupBy(curves, placeOf)].map(([place, own]) => drawing(place, own, names));
  if (drawings.length === 0) return '';
  const key = names.map((name, n) => `<span class="key side${n % dashes.length}">${escapeHtml(name)}</span>`).join(' ');
  return `<section><h2>Latency over percentiles</h2><p>${key} Every offered operation, all trials that count; a curve ends where fewer than ten operations lie beyond, or where they never completed.</p>
<div class="curves">${drawings.join('\n')}</div></section>`;
}

function placeOf({ target, variant, condition, phase }: ComparedCurve): string {
  return [target, settingsText(variant), condition, phase].filter(Boolean).join(' ');
}

function drawing(place: string, curves: readonly ComparedCurve[], names: readonly string[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const values = points.map(([, us]) => Math.max(1, us));
  const [low, high] = [Math.min(...values), Math.max(...values) * 1.05];
  const furthest = depthOf(Math.max(...points.map(([quantile]) => quantile)));
  const xOf = (quantile: number) => round(plot.left + (depthOf(quantile) / furthest) * (plot.right - plot.left));
  const yOf = (us: number) => {
    const share = high <= low ? 0.5 : Math.log(Math.max(1, us) / low) / Math.log(high / low);
    return round(plot.bottom - share * (plot.bottom - plot.top));
  };
  const columns = percentiles
    .filter((quantile) => depthOf(quantile) <= furthest)
    .map((quantile) => {
      const x = xOf(quantile);
      return `<path class="grid" d="M${x} ${plot.top}V${plot.bottom}"/><text x="${x}" y="${plot.bottom + 16}" text-anchor="middle">p${round(quantile * 100, 100)}</text>`;
    });
  const rows = ticksOf(low, high).map((us) => {
    const y = yOf(us);
    return `<path class="grid" d="M${plot.left} ${y}H${plot.right}"/><text x="${plot.left - 6}" y="${y + 4}" text-anchor="end">${escapeHtml(formatUs(us))}</text>`;
  });
  const lines = curves.map((curve) => {
    const n = Math.max(0, names.indexOf(curve.side)) % dashes.length;
    const path = curve.points.map(([quantile, us], i) => `${i === 0 ? 'M' : 'L'}${xOf(quantile)} ${yOf(us)}`).join('');
    return `<path class="side${n}" fill="none" stroke-width="2" stroke-dasharray="${dashes[n]}" d="${path}"><title>${escapeHtml(curve.side)}</title></path>`;
  });
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`Latency over percentiles: ${place}`)}">${columns.join('')}${rows.join('')}${lines.join('')}</svg><figcaption>${escapeHtml(place)}</figcaption></figure>`;
}

/** Nines: each is as far from the one before. */
function depthOf(quantile: number): number {
  return Math.log10(1 / (1 - quantile));
}

/** 1, 2 and 5 of each power of ten, as far apart as labels need it. */
function ticksOf(low: number, high: number): number[] {
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const digit of [1, 2, 5]) {
      const us = digit * 10 ** power;
      if (us >= low && us <= high) all.push(us);
    }
  }
  if (all.length < 2) return [low, high / 1.05];
  return all.length <= 7 ? all : all.filter((us) => /^[15]/.test(us.toExponential())).slice(-7);
}

function round(value: number, parts = 10): number {
  return Math.round(value * parts) / parts;
}
