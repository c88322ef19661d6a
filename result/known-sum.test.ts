import { expect, it } from 'vitest';
import { knownSum } from './known-sum.ts';

it.each([
  { values: [1, 2, 3], sum: 6 },
  { values: [], sum: 0 },
  { values: [1, null, 3], sum: null },
  { values: [1, undefined], sum: null },
  { values: [0, 0], sum: 0 },
])('a sum of $values is $sum: of what is not known none is known', ({ values, sum }) => {
  expect(knownSum(values)).toBe(sum);
});
