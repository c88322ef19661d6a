import { expect, it } from 'vitest';
import { backlogFigures } from './backlog.ts';

const points = (...messages: number[]) => messages.map((count, n) => ({ atMs: n * 500, messages: count }));
const fault = (appliedAtMs: number | null, removedAtMs: number | null) => ({ appliedAtMs, removedAtMs });

it('tells the peak, and when after the fault the backlog was as low as before', () => {
  const rising = points(3, 1, 90, 180, 120, 40, 3, 0);
  expect(backlogFigures(rising, [fault(600, 1_600)])).toEqual({
    highest: { atMs: 1_500, messages: 180 },
    drainedAfterMs: 1_400,
  });
});

it('does not take a backlog that has yet to grow for one that is down', () => {
  const late = points(0, 0, 0, 0, 250, 100, 0);
  expect(backlogFigures(late, [fault(600, 1_400)])).toMatchObject({ drainedAfterMs: 1_600 });
});

it('is drained at once where there never was more than usual', () => {
  expect(backlogFigures(points(2, 2, 1, 0, 0), [fault(700, 900)])).toMatchObject({ drainedAfterMs: 100 });
});

it('says null of what was not seen to drain, of no fault, and of one that never ended', () => {
  const growing = points(0, 0, 10, 20, 30);
  expect(backlogFigures(growing, [fault(600, 1_100)])).toEqual({
    highest: { atMs: 2_000, messages: 30 },
    drainedAfterMs: null,
  });
  expect(backlogFigures(growing, [])).toMatchObject({ drainedAfterMs: null });
  expect(backlogFigures(growing, [fault(600, null)])).toMatchObject({ drainedAfterMs: null });
  expect(backlogFigures([], [])).toBeNull();
});

it('leaves the warm-up out of the peak', () => {
  const warm = [{ atMs: -500, messages: 900 }, ...points(1, 5, 2)];
  expect(backlogFigures(warm, [])?.highest).toEqual({ atMs: 500, messages: 5 });
});
