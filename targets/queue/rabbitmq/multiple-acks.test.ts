import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MultipleAcks } from './multiple-acks.ts';

const acknowledged: number[] = [];

function acks(every: number, lingerMs = 10) {
  const found = new MultipleAcks({ every, lingerMs }, (tag) => acknowledged.push(tag));
  for (let tag = 1; tag <= 9; tag++) found.begin(tag);
  return found;
}

beforeEach(() => {
  acknowledged.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('acknowledges so many at once, with the tag of the last', () => {
  const found = acks(3);
  for (let tag = 1; tag <= 7; tag++) found.done(tag);
  expect(acknowledged).toEqual([3, 6]);
});

it('acknowledges none before its effect, whatever finished behind it', () => {
  const found = acks(2);
  for (const tag of [2, 3, 4, 5]) found.done(tag);
  vi.advanceTimersByTime(1_000);
  expect(acknowledged).toEqual([]);
  found.done(1);
  expect(acknowledged).toEqual([5]);
});

it('does not wait for more than the linger', () => {
  const found = acks(5);
  found.done(1);
  vi.advanceTimersByTime(9);
  found.done(2);
  expect(acknowledged).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(acknowledged).toEqual([2]);
  found.done(3);
  vi.advanceTimersByTime(10);
  expect(acknowledged).toEqual([2, 3]);
});

it('says nothing on a channel that is gone', () => {
  const found = acks(5);
  found.done(1);
  found.close();
  vi.advanceTimersByTime(1_000);
  expect(acknowledged).toEqual([]);
});

it('acknowledges over what was given back by itself, never with its tag', () => {
  const found = acks(2);
  for (const tag of [1, 2]) found.returned(tag);
  found.done(3);
  found.returned(5);
  found.done(4);
  expect(acknowledged).toEqual([4]);
  vi.advanceTimersByTime(1_000);
  expect(acknowledged).toEqual([4]);
});
