import { describe, expect, it } from 'vitest';
import { type FrontPoint, paretoFront } from './pareto-front.ts';

const figureNames = ['latency', 'goodput', 'cpu', 'bytes'] as const;
type FigureName = (typeof figureNames)[number];
type Point = FrontPoint<FigureName>;

function point(figures: Partial<Point['figures']>, status: Point['status'] = 'valid'): Point {
  return { status, figures: { latency: 1, goodput: 1, cpu: 1, bytes: 1, ...figures } };
}

/** As its definition has it, one pair after the other. */
function byDefinition(points: readonly Point[], axes: readonly FigureName[]): boolean[] {
  const cost = (one: Point, axis: FigureName) => (one.figures[axis] ?? 0) * (axis === 'goodput' ? -1 : 1);
  return points.map(
    (one) =>
      !points.some(
        (other) =>
          axes.every((axis) => cost(other, axis) <= cost(one, axis)) &&
          axes.some((axis) => cost(other, axis) < cost(one, axis)),
      ),
  );
}

describe('paretoFront', () => {
  it('is what its definition says, for many points with ties', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const draw = (n: number) => Math.floor(Math.abs(Math.sin(seed * 97 + n * 31)) * 6);
      const points = Array.from({ length: 12 }, (_, n) =>
        point({ latency: draw(4 * n), goodput: draw(4 * n + 1), cpu: draw(4 * n + 2), bytes: draw(4 * n + 3) }),
      );
      for (const axes of [figureNames, ['latency', 'cpu']] as const) {
        expect(paretoFront(points, axes)).toEqual(byDefinition(points, axes));
      }
    }
  });

  it('keeps both of two that are equal, and neither counts a figure that is not looked at', () => {
    expect(paretoFront([point({ bytes: 1 }), point({ bytes: 9 })], ['latency', 'cpu'])).toEqual([true, true]);
  });

  it('takes goodput that differs by chance for the same', () => {
    const axes = ['goodput', 'cpu'] as const;
    expect(paretoFront([point({ goodput: 1_500 }), point({ goodput: 1_493, cpu: 0.5 })], axes)).toEqual([false, true]);
    expect(paretoFront([point({ goodput: 1_500 }), point({ goodput: 1_400, cpu: 0.5 })], axes)).toEqual([true, true]);
  });

  it('leaves out what has no figure', () => {
    expect(paretoFront([point({ latency: null }), point({ latency: 5 })], ['latency', 'cpu'])).toEqual([false, true]);
  });

  it('has no doubtful point beside a valid one, which it cannot beat either', () => {
    const points = [point({ cpu: 1 }, 'suspect'), point({ cpu: 2 }), point({ cpu: 0 }, 'invalid')];
    expect(paretoFront(points, ['latency', 'cpu'])).toEqual([false, true, false]);
  });

  it('is of doubtful points where there are no others, never of invalid ones', () => {
    const points = [point({ cpu: 2 }, 'suspect'), point({ cpu: 1 }, 'invalid')];
    expect(paretoFront(points, ['latency', 'cpu'])).toEqual([true, false]);
    expect(paretoFront([point({}, 'invalid')], ['latency'])).toEqual([false]);
  });
});
