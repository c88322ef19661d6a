/** Which of several choices nothing else beats in everything. */
import type { FigureName, VariantPoint } from './variant-figures.ts';

/** Of goodput more is better, of all else less. */
function isAtLeastAsGood(name: FigureName, a: number, b: number): boolean {
  return name === 'goodput' ? a >= b : a <= b;
}

/**
 * By point: no other is at least as good in all of `axes` and better in one. A point without a figure is not on it. Doubtful
 * points neither are nor keep others off it, unless all are doubtful; invalid ones never.
 */
export function paretoFront(points: readonly VariantPoint[], axes: readonly FigureName[]): boolean[] {
  const best = (['valid', 'suspect'] as const).find((status) => points.some((point) => point.status === status));
  const rivals = points.filter(
    ({ status, figures }) => status === best && axes.every((axis) => figures[axis] !== null),
  );
  return points.map((point) => rivals.includes(point) && !rivals.some((rival) => beats(rival, point, axes)));
}

function beats(a: VariantPoint, b: VariantPoint, axes: readonly FigureName[]): boolean {
  const pairs = axes.map((axis) => [axis, a.figures[axis] as number, b.figures[axis] as number] as const);
  return pairs.every((pair) => isAtLeastAsGood(...pair)) && pairs.some(([, x, y]) => x !== y);
}
