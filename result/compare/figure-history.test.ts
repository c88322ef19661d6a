import { expect, it } from 'vitest';
import { comparedRun } from '../fixtures/compared-run.ts';
import { figurePlaces } from './compared-figures.ts';
import { figureHistories } from './figure-history.ts';

const places: Parameters<typeof figureHistories>[1] = (trials) => figurePlaces(trials, undefined, ['p99']);

it('goes by the start of each result, with whiskers of its repeats and what has changed since the one before', () => {
  const at = (id: string, startedAt: string, p99s: readonly number[], node = '24') => {
    const run = comparedRun(
      id,
      p99s.map((p99, n) => ({ repeat: n + 1, p99 })),
    );
    return {
      name: id,
      result: { ...run, run: { ...run.run, startedAt }, environment: { ...run.environment, node } },
    };
  };
  const later = at('later', '2026-11-03T10:00:00.000Z', [5_000, 5_100, 4_900], '26');
  const earlier = at('earlier', '2026-11-02T10:00:00.000Z', [4_000]);
  const [history, ...more] = figureHistories([later, earlier], places);
  expect(more).toEqual([]);
  expect(history?.points.map(({ name, value, trials }) => [name, value, trials])).toEqual([
    ['earlier', 4_000, 1],
    ['later', 5_000, 3],
  ]);
  const [first, second] = history?.points ?? [];
  expect(first).toMatchObject({ low: null, high: null, changes: [] });
  expect(second?.changes).toEqual(['environment.node "24" → "26"']);
  expect(second?.low).toBeLessThan(4_900);
  expect(second?.high).toBeGreaterThan(5_100);
});

it('leaves invalid trials out, and counts them', () => {
  const verdict = { status: 'invalid' as const, reasons: [] };
  const run = comparedRun('a', [
    { repeat: 1, p99: 4_000 },
    { repeat: 2, p99: 9_000, verdict },
  ]);
  const [history] = figureHistories([{ name: 'a', result: run }], places);
  expect(history?.points).toMatchObject([{ value: 4_000, trials: 1, leftOut: 1 }]);
});
