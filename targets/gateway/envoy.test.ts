import { expect, it } from 'vitest';
import { fillsOf } from './envoy.ts';

it.each([1, 7, 20, 30, 100, 110, 999, 1_000_000])(
  'a bucket for %i a second is filled at that rate, not too often',
  (rate) => {
    const { tokens, everyS } = fillsOf(rate);
    expect(Number.isInteger(tokens)).toBe(true);
    expect(everyS).toBeGreaterThanOrEqual(0.05);
    expect(tokens / Number(everyS.toFixed(9))).toBeCloseTo(rate, rate > 1000 ? 0 : 3);
  },
);
