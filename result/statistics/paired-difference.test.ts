import { describe, expect, it } from 'vitest';
import { pairedDifference } from './paired-difference.ts';

describe('pairedDifference', () => {
  it('is the mean of the differences with its t interval', () => {
    const found = pairedDifference([10, 20, 30], [11, 22, 33]);
    // Differences 1, 2, 3: mean 2, standard error 1/√3, and 4.303 is what t of two degrees reaches in 5 %.
    expect(found).toMatchObject({ difference: 2, pairs: 3 });
    expect(found?.low).toBeCloseTo(2 - 4.3027 / Math.sqrt(3), 3);
    expect(found?.high).toBeCloseTo(2 + 4.3027 / Math.sqrt(3), 3);
  });

  it('leaves out pairs of which one was not reached or is not known, and tells nothing of a single one', () => {
    const never = Number.POSITIVE_INFINITY;
    expect(pairedDifference([1, 1, null, 1], [2, never, 2, 4])?.difference).toBe(2);
    expect(pairedDifference([1, 1], [2, never])).toBeNull();
  });

  it('is wider where more is told at once', () => {
    const alone = pairedDifference([1, 2, 3], [2, 4, 5]);
    const together = pairedDifference([1, 2, 3], [2, 4, 5], 4);
    expect(together?.high).toBeGreaterThan(alone?.high ?? Number.POSITIVE_INFINITY);
  });
});
