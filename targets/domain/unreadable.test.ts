import { expect, it } from 'vitest';
import { isUnreadable } from './unreadable.ts';

const unreadable = (count: number, share: number) =>
  Array.from({ length: count }, (_, sequence) => sequence).filter((sequence) => isUnreadable(sequence, share));

it('is one operation in a thousand, by its number, the first of them half a step in', () => {
  expect(unreadable(3_000, 0.001)).toEqual([499, 1_499, 2_499]);
});

it('is none at a share of 0 and each at 1', () => {
  expect(unreadable(100, 0)).toEqual([]);
  expect(unreadable(100, 1)).toHaveLength(100);
});
