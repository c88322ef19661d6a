import { describe, expect, it } from 'vitest';
import { isLowerThroughout, knownPairs, pairedRatio } from './statistics.ts';

describe('the ratio of paired measurements', () => {
  it('is that of a textbook case', () => {
    // Log ratios 0.1, 0.2, 0.3: mean 0.2, standard deviation 0.1, t(2) 4.303.
    const after = [0.1, 0.2, 0.3].map((log) => 10 * Math.exp(log));
    const { ratio = 0, low = 0, high = 0, pairs } = pairedRatio([10, 10, 10], after) ?? {};
    expect(Math.log(ratio)).toBeCloseTo(0.2, 6);
    expect(Math.log(low)).toBeCloseTo(0.2 - (4.303 * 0.1) / Math.sqrt(3), 6);
    expect(Math.log(high)).toBeCloseTo(0.2 + (4.303 * 0.1) / Math.sqrt(3), 6);
    expect(pairs).toBe(3);
  });

  it('leaves out pairs of which one is not known, and says nothing of fewer than two', () => {
    expect(pairedRatio([10, null, 10], [20, 20, 20])).toMatchObject({ ratio: 2, pairs: 2 });
    expect(pairedRatio([10, 10], [20, null])).toBeNull();
    expect(pairedRatio([10, 0, 10], [0, 5, 20])).toBeNull();
  });

  it('is wider where several are told at once', () => {
    const after = [0.1, 0.2, 0.3].map((log) => 10 * Math.exp(log));
    const { low = 0 } = pairedRatio([10, 10, 10], after, 3) ?? {};
    expect(Math.log(low)).toBeCloseTo(0.2 - (7.649 * 0.1) / Math.sqrt(3), 6);
  });

  it('has no logarithm of what was never reached', () => {
    expect(pairedRatio([10, Number.POSITIVE_INFINITY, 10], [20, 20, 20])).toMatchObject({ ratio: 2, pairs: 2 });
  });

  it('holds the truth about 95 times in a hundred', () => {
    let state = 12_345;
    const uniform = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    let held = 0;
    const rounds = 2_000;
    for (let round = 0; round < rounds; round++) {
      const noise = () => Math.exp(0.2 * normal());
      const machine = Array.from({ length: 5 }, () => 100 * noise());
      const found = pairedRatio(
        machine.map((usual) => usual * noise()),
        machine.map((usual) => 0.8 * usual * noise()),
      );
      if (found !== null && found.low <= 0.8 && found.high >= 0.8) held++;
    }
    expect(held / rounds).toBeGreaterThan(0.93);
    expect(held / rounds).toBeLessThan(0.97);
  });
});

describe('pairs of which some have no ratio', () => {
  it('are told by the lower one in each, five at least', () => {
    const never = Number.POSITIVE_INFINITY;
    expect(knownPairs([1, null, never], [2, 3, null])).toEqual([[1, 2]]);
    expect(isLowerThroughout(Array.from({ length: 5 }, () => [8, never] as const))).toBe(true);
    expect(isLowerThroughout(Array.from({ length: 4 }, () => [8, never] as const))).toBe(false);
    expect(isLowerThroughout([...Array.from({ length: 5 }, () => [8, 9] as const), [never, never]])).toBe(false);
  });
});
