import { expect, it } from 'vitest';
import { leadingTime } from './patterns.ts';

it('asks of what nobody waits for when it has come to its end, and else when an operation completes', () => {
  expect(leadingTime('publish')).toBe('deliveredToAll');
  expect(leadingTime('flow')).toBe('settled');
  expect([leadingTime('request-reply'), leadingTime('one-way')]).toEqual([null, null]);
});
