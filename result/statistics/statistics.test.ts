import { describe, expect, it } from 'vitest';
import { seededDraws } from '../fixtures/seeded-draws.ts';
import {
  chanceOfT,
  factorSeen,
  holdTogether,
  isLowerThroughout,
  knownPairs,
  pairedRatio,
  tReachedBy,
} from './statistics.ts';

describe('the ratio of paired measurements', () => {
  it('is that of a textbook case', () => {
    // Log ratios 0.1, 0.2, 0.3: mean 0.2, standard deviation 0.1, t(2) 4.303.
    const after = [0.1, 0.2, 0.3].map((log) => 10 * Math.exp(log));
    const { ratio = 0, low = 0, high = 0, pairs } = pairedRatio([10, 10, 10], after) ?? {};
    expect(Math.log(ratio)).toBeCloseTo(0.2, 6);
    expect(Math.log(low)).toBeCloseTo(0.2 - (4.303 * 0.1) / Math.sqrt(3), 4);
    expect(Math.log(high)).toBeCloseTo(0.2 + (4.303 * 0.1) / Math.sqrt(3), 4);
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
    expect(Math.log(low)).toBeCloseTo(0.2 - (7.649 * 0.1) / Math.sqrt(3), 4);
  });

  it('has no logarithm of what was never reached', () => {
    expect(pairedRatio([10, Number.POSITIVE_INFINITY, 10], [20, 20, 20])).toMatchObject({ ratio: 2, pairs: 2 });
  });

  it('holds the truth about 95 times in a hundred', () => {
    const { normal } = seededDraws(12_345);
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

describe('Student’s t', () => {
  it.each([
    [0.05, 1, 12.706],
    [0.05, 2, 4.303],
    [0.05, 5, 2.571],
    [0.01, 3, 5.841],
    [0.01, 10, 3.169],
    [0.005, 4, 5.598],
    [0.05, 1_000, 1.962],
  ])('reached by chance %d with %d degrees of freedom is %d', (chance, degrees, t) => {
    expect(tReachedBy(chance, degrees)).toBeCloseTo(t, 3);
    expect(chanceOfT(-t, degrees)).toBeCloseTo(chance, 3);
  });

  it('is never reached by chance when it is infinite', () => {
    expect(chanceOfT(Number.POSITIVE_INFINITY, 2)).toBe(0);
  });
});

describe('what holds together', () => {
  it('is Holm’s step-down, in the order in which they were given', () => {
    // 0.01 ≤ 0.05/4, 0.015 ≤ 0.05/3, 0.03 > 0.05/2: the rest falls with it.
    expect(holdTogether([0.03, 0.01, 0.04, 0.015])).toEqual([
      { holds: false, comparisons: 2 },
      { holds: true, comparisons: 4 },
      { holds: false, comparisons: 2 },
      { holds: true, comparisons: 3 },
    ]);
    expect(holdTogether([0.02, 0.024]).map(({ holds }) => holds)).toEqual([true, true]);
    expect(holdTogether([])).toEqual([]);
  });
});

describe('what so many repeats see', () => {
  it('is the factor that is found four times in five', () => {
    // t(2): 4.303 for 95 %, 1.061 one-sided for 80 %; (4.303 + 1.061)·0.1/√3 = 0.3097.
    expect(Math.log(factorSeen(0.1, 3, 1) ?? 0)).toBeCloseTo(0.3097, 3);
    expect(factorSeen(0.1, 8, 1)).toBeLessThan(factorSeen(0.1, 3, 1) ?? 0);
    expect(factorSeen(0.1, 1, 1)).toBeNull();
  });
});
