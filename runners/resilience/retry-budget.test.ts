import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

describe('RetryBudget', () => {
  it('allows the burst at once, then what operations have put in', () => {
    const budget = new RetryBudget({ ratio: 0.1, burst: 3 });
    expect([1, 2, 3, 4].map(() => budget.spend())).toEqual([true, true, true, false]);
    for (let operation = 0; operation < 9; operation++) budget.earn();
    expect(budget.spend()).toBe(false);
    budget.earn();
    expect(budget.spend()).toBe(true);
    expect(budget.spend()).toBe(false);
  });

  it('does not save up beyond the burst', () => {
    const budget = new RetryBudget({ ratio: 1, burst: 2 });
    for (let operation = 0; operation < 1_000; operation++) budget.earn();
    expect([1, 2, 3].map(() => budget.spend())).toEqual([true, true, false]);
  });

  it.each([
    [0.1, 10],
    [0.25, 1],
    [0, 5],
    [2, 4],
  ])('keeps retries at %d of the operations and a burst of %d, when all of them fail', (ratio, burst) => {
    const budget = new RetryBudget({ ratio, burst });
    let retries = 0;
    for (let operation = 0; operation < 10_000; operation++) {
      budget.earn();
      while (budget.spend()) retries++;
    }
    expect(retries).toBeLessThanOrEqual(ratio * 10_000 + burst);
    expect(retries).toBeGreaterThanOrEqual(ratio * 10_000 - 1);
  });
});
