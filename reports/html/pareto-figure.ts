/** The trade-off as a picture: each variant a numbered point, latency against what it costs, those nothing beats joined. */
import { paretoFront } from '../../result/pareto-front.ts';
import {
  type FigureName,
  figureNames,
  figureTitle,
  formatFigure,
  type VariantPoint,
  type VariantSet,
} from '../figures/variant-figures.ts';
import { figureScale } from '../text/figure-scale.ts';
import { formatCount } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, textColumns } from '../text/table.ts';
import { escapeHtml, htmlTable } from './html-table.ts';

const width = 380;
const height = 260;
const left = 64;
const right = 22;
const top = 14;
const bottom = 40;

const kibibyte = 1024;
/** A figure whose values hardly differ tells nothing: below this ratio it has no picture. */
const tellingRatio = 1.03;

/** One figure: a panel for each cost that differs between the variants, and the numbers in a table. */
export function paretoFigure(set: VariantSet): string {
  const panels = (['cpu', 'bytes', 'goodput'] as const).filter((name) => differs(set, name));
  const overall = paretoFront(set.points, figureNames);
  const doubtful = set.points.every(({ status }) => status !== 'valid') ? ' All are doubtful, the front too.' : '';
  return `<figure class="pareto">
<figcaption><b>${escapeHtml(set.target)}: what a variant costs</b>, ${set.phase}. Joined: nothing else is as good in both. Hollow: beaten; dashed: doubtful.${doubtful}</figcaption>
<div class="panels">${panels.map((name) => panel(set, name)).join('')}</div>
${htmlTable(numbersTable(set, overall))}
</figure>`;
}

function differs({ points }: VariantSet, name: FigureName): boolean {
  const values = points.flatMap(({ figures }) => figures[name] ?? []);
  return values.length > 1 && Math.max(...values) > Math.min(...values) * tellingRatio;
}

interface Placed {
  readonly point: VariantPoint;
  readonly number: number;
  readonly x: number;
  readonly y: number;
  readonly isOnFront: boolean;
}

function panel({ target, points, percentile }: VariantSet, name: FigureName): string {
  const front = paretoFront(points, ['latency', name]);
  const known = points.flatMap((point, n) => {
    const { latency, [name]: cost } = point.figures;
    return latency === null || cost === null ? [] : [{ point, n, latency, cost }];
  });
  const costs = known.map(({ cost }) => cost);
  const unit = name === 'bytes' && Math.max(...costs) > 2 * kibibyte ? kibibyte : 1;
  const across = figureScale(costs, unit);
  // Round in its own unit: 1,500 B, not 1.46 KiB.
  const costText = (tick: number) =>
    name === 'bytes' && unit === 1 ? `${formatCount(tick)} B` : formatFigure(name, tick);
  const up = figureScale(known.map(({ latency }) => latency));
  const xOf = (value: number) => left + across.place(value) * (width - left - right);
  const yOf = (value: number) => height - bottom - up.place(value) * (height - top - bottom);
  const placed = known.map(({ point, n, latency, cost }): Placed => {
    return { point, number: n + 1, x: xOf(cost), y: yOf(latency), isOnFront: front[n] === true };
  });
  const label = `${target}: ${figureTitle('latency', percentile)} against ${figureTitle(name, percentile)} of ${placed.length} variants; the figures are in the table below`;
  const grid = [
    ...across.ticks.map((tick) => verticalTick(xOf(tick), costText(tick))),
    ...up.ticks.map((tick) => horizontalTick(yOf(tick), formatFigure('latency', tick))),
  ];
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">
${grid.join('')}
<text class="axis" x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${figureTitle(name, percentile)}</text>
<text class="axis" x="14" y="${(top + height - bottom) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(top + height - bottom) / 2})">${figureTitle('latency', percentile)}</text>
${frontLine(placed)}
${placed.map((one) => mark(one, percentile)).join('\n')}
</svg>`;
}

function verticalTick(x: number, text: string): string {
  return `<path class="grid" d="M${round(x)} ${top}V${height - bottom}"/><text class="tick" x="${round(x)}" y="${height - bottom + 14}" text-anchor="middle">${text}</text>`;
}

function horizontalTick(y: number, text: string): string {
  return `<path class="grid" d="M${left} ${round(y)}H${width - right}"/><text class="tick" x="${left - 6}" y="${round(y + 3.5)}" text-anchor="end">${text}</text>`;
}

function frontLine(placed: readonly Placed[]): string {
  const front = placed.filter(({ isOnFront }) => isOnFront).sort((a, b) => a.x - b.x || a.y - b.y);
  if (front.length < 2) return '';
  return `<path class="front" d="M${front.map(({ x, y }) => `${round(x)} ${round(y)}`).join('L')}"/>`;
}

function mark({ point, number, x, y, isOnFront }: Placed, percentile: VariantSet['percentile']): string {
  const classes = [isOnFront ? 'best' : 'beaten', point.status === 'valid' ? '' : 'doubtful'].filter(Boolean).join(' ');
  const figures = figureNames.map(
    (name) => `${figureTitle(name, percentile)} ${formatFigure(name, point.figures[name])}`,
  );
  // To the left where there is no room to the right.
  const [at, anchor] = x > width - right - 16 ? [x - 8, 'end'] : [x + 8, 'start'];
  return `<g class="${classes}"><title>${number}: ${escapeHtml(point.settings)} – ${figures.join(', ')}</title><circle cx="${round(x)}" cy="${round(y)}" r="5"/><text x="${round(at)}" y="${round(y - 4)}" text-anchor="${anchor}">${number}</text></g>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function numbersTable({ points, percentile }: VariantSet, overall: readonly boolean[]) {
  return {
    title: 'the variants by number · front: nothing else is as good in all four',
    spans: [],
    columns: [
      nameColumn('settings'),
      ...figureColumns(...figureNames.map((name) => figureTitle(name, percentile))),
      ...textColumns('front'),
    ],
    rows: points.map(
      ({ settings, figures, status }, n): Row => ({
        cells: [
          `${n + 1}  ${settings}`,
          ...figureNames.map((name) => formatFigure(name, figures[name])),
          overall[n] === true ? 'on it' : '',
        ],
        status,
      }),
    ),
  };
}
