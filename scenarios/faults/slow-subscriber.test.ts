import { expect, it } from 'vitest';
import { slowSubscribers } from '../push-settings.ts';
import { slowSubscriber } from './slow-subscriber.ts';

it('acts on the subscribers, whose processes are this run’s own', () => {
  const window = { fault: 'slow-subscriber', at: '1s', for: '1s', share: '5%' };
  expect(slowSubscriber.settings(slowSubscriber.schema.parse(window))).toEqual({ share: 0.05, part: 'subscribers' });
  expect(slowSubscriber.schema.safeParse({ ...window, share: '0%' }).success).toBe(false);
});

it('slows down a share of them, evenly spread and one at least', () => {
  expect(slowSubscribers(100, 0.05)).toEqual([0, 20, 40, 60, 80]);
  expect(slowSubscribers(3, 0.01)).toEqual([0]);
  expect(slowSubscribers(4, 1)).toEqual([0, 1, 2, 3]);
});
