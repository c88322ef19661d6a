import { describe, expect, it } from 'vitest';
import { CanaryStride } from './canary-stride.ts';

/** Arrivals evenly spaced over `seconds`: which of them take a canary along. */
function taken(stride: CanaryStride, ratePerSecond: number, seconds: number, fromUs = 0): number[] {
  const all = Array.from({ length: ratePerSecond * seconds }, (_, index) => index);
  return all.filter((index) => stride.takes(fromUs + (index * 1e6) / ratePerSecond));
}

const at = (firstRatePerSecond: number) => new CanaryStride({ perSecond: 50, firstRatePerSecond, seed: 7 });

describe('CanaryStride', () => {
  it.each([100, 500, 3_000, 20_000])('takes about fifty a second along at %d/s', (rate) => {
    const count = taken(at(rate), rate, 20).length;
    expect(count).toBeGreaterThan(850);
    expect(count).toBeLessThan(1_150);
  });

  it('lets every arrival take one along where there are fewer', () => {
    expect(taken(at(20), 20, 10)).toHaveLength(200);
  });

  it('finds the rate itself within a second or two where it was taken for another', () => {
    for (const guess of [100, 100_000]) {
      const stride = at(guess);
      taken(stride, 2_000, 3);
      const count = taken(stride, 2_000, 20, 3e6).length;
      expect(count).toBeGreaterThan(850);
      expect(count).toBeLessThan(1_150);
    }
  });

  it('follows a rate that changes', () => {
    const stride = at(5_000);
    taken(stride, 5_000, 5);
    taken(stride, 200, 2, 5e6);
    const count = taken(stride, 200, 20, 7e6).length;
    expect(count).toBeGreaterThan(850);
    expect(count).toBeLessThan(1_150);
  });

  it('keeps no rhythm: evenly spaced arrivals would else always meet the same moment of a timer', () => {
    const indices = taken(at(1_000), 1_000, 20);
    const gaps = new Set(indices.slice(1).map((index, n) => index - (indices[n] ?? 0)));
    expect(gaps.size).toBeGreaterThan(15);
    expect(Math.max(...gaps)).toBeLessThan(45);
  });
});
