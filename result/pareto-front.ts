/** Which of several choices nothing else beats in everything. */
import type { Verdict } from './result-types.ts';

export interface FrontPoint<Name extends string> {
  readonly status: Verdict['status'];
  /** Of goodput more is better, of all else less; null: not known. */
  readonly figures: Readonly<Record<Name, number | null>>;
}

/** At a rate that all keep up with, goodput differs by chance: within this share it is the same. */
const sameGoodputShare = 0.01;

/**
 * By point: no other is at least as good in all of `axes` and better in one. A point without a figure is not on it. Doubtful
 * points neither are nor keep others off it, unless all are doubtful; invalid ones never.
 */
export function paretoFront<Name extends string>(
  points: readonly FrontPoint<Name>[],
  axes: readonly Name[],
): boolean[] {
  const best = (['valid', 'suspect'] as const).find((status) => points.some((point) => point.status === status));
  const rivals = points.filter(
    ({ status, figures }) => status === best && axes.every((axis) => figures[axis] !== null),
  );
  return points.map((point) => rivals.includes(point) && !rivals.some((rival) => beats(rival, point, axes)));
}

function beats<Name extends string>(a: FrontPoint<Name>, b: FrontPoint<Name>, axes: readonly Name[]): boolean {
  const better = axes.map((axis) => compare(axis, a.figures[axis] as number, b.figures[axis] as number));
  return better.every((one) => one >= 0) && better.some((one) => one > 0);
}

/** Above 0: a is better. */
function compare(name: string, a: number, b: number): number {
  if (name !== 'goodput') return b - a;
  return Math.abs(a - b) <= sameGoodputShare * Math.max(a, b) ? 0 : a - b;
}
