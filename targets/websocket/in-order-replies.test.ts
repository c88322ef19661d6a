import { expect, it } from 'vitest';
import { gaveUp, InOrderReplies, nobody } from './in-order-replies.ts';

it('gives answers to those who wait, in their order', () => {
  const replies = new InOrderReplies();
  for (const slot of [3, 1, 2]) replies.push(slot);
  expect([replies.shift(), replies.shift(), replies.shift(), replies.shift()]).toEqual([3, 1, 2, nobody]);
});

it('keeps the place of one that gave up', () => {
  const replies = new InOrderReplies();
  replies.push(3);
  const place = replies.push(1);
  replies.push(2);
  replies.giveUp(place);
  expect([replies.shift(), replies.shift(), replies.shift()]).toEqual([3, gaveUp, 2]);
});

it('takes no notice when one gives up that has had its answer', () => {
  const replies = new InOrderReplies();
  const place = replies.push(3);
  replies.shift();
  replies.push(4);
  replies.giveUp(place);
  expect(replies.shift()).toBe(4);
});

it('holds its order while it grows and wraps', () => {
  const replies = new InOrderReplies();
  const expected: number[] = [];
  const got: number[] = [];
  for (let n = 0; n < 1_000; n++) {
    replies.push(n);
    replies.push(n + 10_000);
    expected.push(n, n + 10_000);
    got.push(replies.shift());
  }
  for (let slot = replies.shift(); slot !== nobody; slot = replies.shift()) got.push(slot);
  expect(got).toEqual(expected);
});
