import { expect, it } from 'vitest';
import { TopicProgress } from './topic-progress.ts';

it('says of a record whether it is the next of its partition, once it knows where that begins', () => {
  const progress = new TopicProgress();
  expect(progress.isNext(0, 7n)).toBeNull();
  progress.expect(0, 7n);
  progress.expect(1, 0n);
  expect([progress.isNext(0, 6n), progress.isNext(0, 7n), progress.isNext(0, 8n)]).toEqual([false, true, false]);
  expect(progress.isNext(1, 0n)).toBe(true);
  expect(progress.isNew(0, 7n)).toBe(true);
  progress.expect(0, 3n); // it is in the middle of it
  expect([progress.isNext(0, 3n), progress.isNext(0, 8n)]).toEqual([false, true]);
  progress.keepOnly(new Set([1]));
  expect(progress.isNext(0, 8n)).toBeNull();
});

it('does not own what was fetched of a partition before that became another’s, until its next consumer is told its own', () => {
  const progress = new TopicProgress();
  expect(progress.isOwn(0)).toBe(true);
  progress.keepOnly(new Set([1]));
  expect([progress.isOwn(0), progress.isOwn(1)]).toEqual([false, true]);
  progress.clear();
  expect(progress.isOwn(0)).toBe(true);
});
