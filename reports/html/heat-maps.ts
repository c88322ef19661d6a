/** Two swept settings against each other, a table whose cells are shaded by how good they are. */
import type { SettingValue } from '../../result/result-types.ts';
import {
  type FigureName,
  figureTitle,
  formatFigure,
  type VariantPoint,
  type VariantSet,
} from '../figures/variant-figures.ts';
import { escapeHtml } from './html-table.ts';

/** Shades, the best first. */
const shades = 7;

export interface HeatMap {
  readonly figure: FigureName;
  readonly rows: Axis;
  readonly columns: Axis;
  /** [row][column]; null: no such variant, or no figure. */
  readonly cells: readonly (readonly (VariantPoint | null)[])[];
  /** Settings beyond the two: each cell is the best over them. */
  readonly others: readonly string[];
}

interface Axis {
  readonly setting: string;
  readonly values: readonly SettingValue[];
}

/** Of the two settings with the most values; null with fewer than two of them. */
export function heatMap({ points }: VariantSet, figure: FigureName): HeatMap | null {
  const names = [...new Set(points.flatMap(({ variant }) => Object.keys(variant)))];
  const axes = names
    .map((setting): Axis => {
      const written = points.flatMap(({ variant }) => variant[setting] ?? []);
      return { setting, values: sorted([...new Set(written)]) };
    })
    .filter(({ values }) => values.length > 1)
    .sort((a, b) => b.values.length - a.values.length);
  const [rows, columns] = axes;
  if (rows === undefined || columns === undefined) return null;
  const isBetter = (a: number, b: number) => (figure === 'goodput' ? a > b : a < b);
  const at = (row: SettingValue, column: SettingValue) => {
    const there = points.filter(
      ({ variant, figures, status }) =>
        variant[rows.setting] === row &&
        variant[columns.setting] === column &&
        figures[figure] !== null &&
        status !== 'invalid',
    );
    // A doubtful one stands for its cell only where there is no other.
    const valid = there.filter(({ status }) => status === 'valid');
    return valid.length > 0 ? valid : there;
  };
  const best = (there: readonly VariantPoint[]): VariantPoint | null =>
    there.reduce<VariantPoint | null>((found, point) => {
      const [value, known] = [point.figures[figure] as number, found?.figures[figure] ?? null];
      return known === null || isBetter(value, known) ? point : found;
    }, null);
  const found = rows.values.map((row) => columns.values.map((column) => at(row, column)));
  const isChoice = found.flat().some(({ length }) => length > 1);
  return {
    figure,
    rows,
    columns,
    cells: found.map((row) => row.map(best)),
    others: isChoice ? axes.slice(2).map(({ setting }) => setting) : [],
  };
}

const { compare } = new Intl.Collator('en', { numeric: true });

function sorted(values: SettingValue[]): SettingValue[] {
  return values.sort((a, b) => compare(String(a), String(b)));
}

export function htmlHeatMap({ target, phase, percentile }: VariantSet, map: HeatMap): string {
  const { figure, rows, columns, cells, others } = map;
  const values = cells.flat().flatMap((point) => point?.figures[figure] ?? []);
  const shadeOf = shader(values, figure === 'goodput');
  const cell = (point: VariantPoint | null) => {
    const value = point?.figures[figure] ?? null;
    if (point === null || value === null) return '<td class="none">–</td>';
    const doubt = point.status === 'valid' ? '' : ' ▲';
    return `<td class="heat${shadeOf(value)}">${formatFigure(figure, value)}${doubt}</td>`;
  };
  const over = others.length === 0 ? '' : `, each the best over ${escapeHtml(others.join(' and '))}`;
  const body = rows.values.map((row, n) => {
    return `<tr><th scope="row">${escapeHtml(String(row))}</th>${(cells[n] ?? []).map(cell).join('')}</tr>`;
  });
  return `<div class="table heat"><table><caption>${escapeHtml(target)}: ${figureTitle(figure, percentile)}, ${phase}${over}</caption>
<thead><tr><th scope="col">${escapeHtml(rows.setting)} \\ ${escapeHtml(columns.setting)}</th>${columns.values.map((value) => `<th scope="col">${escapeHtml(String(value))}</th>`).join('')}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>`;
}

/** From 0, the best, to the worst, evenly over the logarithms. */
function shader(values: readonly number[], isMoreBetter: boolean): (value: number) => number {
  const logs = values.map((value) => Math.log(Math.max(value, Number.MIN_VALUE)));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  return (value) => {
    if (high - low < 1e-9) return 0;
    const share = (Math.log(Math.max(value, Number.MIN_VALUE)) - low) / (high - low);
    return Math.round((isMoreBetter ? 1 - share : share) * (shades - 1));
  };
}
