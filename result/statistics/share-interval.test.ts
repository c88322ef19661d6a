import { expect, it } from 'vitest';
import { shareInterval } from './share-interval.ts';

// Literal values from tables of the exact binomial interval.
it.each([
  [0, 20, 0, 0.1684],
  [1, 20, 0.0013, 0.2487],
  [10, 20, 0.272, 0.728],
  [20, 20, 0.8316, 1],
  [100, 2_000, 0.0409, 0.0605],
])('%i of %i is %f to %f', (count, total, low, high) => {
  const [from, to] = shareInterval(count, total);
  expect(from).toBeCloseTo(low, 3);
  expect(to).toBeCloseTo(high, 3);
});
