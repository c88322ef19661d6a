import { expect, it } from 'vitest';
import { isWarm, spreadOf, type WarmSecond } from './broker-warmth.ts';

/** Seconds of 300 operations at these costs, in µs of CPU an operation. */
const secondsAt = (...costsUs: readonly number[]): WarmSecond[] =>
  costsUs.map((cost) => ({ operations: 300, cpuUs: cost * 300, durationMs: 1_000 }));

it('is not warm while CPU an operation falls, however long it has been falling', () => {
  expect(isWarm(secondsAt(4_000, 3_000, 2_200, 1_900, 1_600))).toBe(false);
});

it('is warm once three seconds agree within a tenth, whatever was before', () => {
  expect(isWarm(secondsAt(4_000, 1_500, 1_450, 1_400))).toBe(true);
  expect(spreadOf(secondsAt(4_000, 1_540, 1_470, 1_400))).toBeCloseTo(0.1);
});

it('is not warm before there are three seconds, nor while nothing is done', () => {
  expect(isWarm(secondsAt(1_400, 1_400))).toBe(false);
  expect(isWarm([...secondsAt(1_400, 1_400), { operations: 0, cpuUs: 100_000, durationMs: 1_000 }])).toBe(false);
});

it('takes costs for alike that differ by no more than ticks of the kernel', () => {
  expect(isWarm(secondsAt(100, 66, 100))).toBe(true); // 30, 20 and 30 ms in a second
  expect(isWarm(secondsAt(200, 100, 100))).toBe(false); // 60, 30 and 30 ms
});
