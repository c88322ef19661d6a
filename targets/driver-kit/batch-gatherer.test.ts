import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Batch } from '../../scenarios/scenario.ts';
import { BatchGatherer } from './batch-gatherer.ts';

const lingerMs = 10;
const batches: (readonly number[])[] = [];

function gatherer(limits: Partial<Batch> = {}) {
  return new BatchGatherer({ maxMessages: 3, maxBytes: 100, lingerMs, ...limits }, (slots) => batches.push(slots));
}

beforeEach(() => {
  batches.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a batch leaves', () => {
  it('as soon as it holds the most messages', () => {
    const gathered = gatherer();
    for (const slot of [1, 2, 3, 4]) gathered.push(slot, 1);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('before a message that it has no room for, and at once when it is full to the byte', () => {
    const gathered = gatherer();
    gathered.push(1, 60);
    gathered.push(2, 50);
    expect(batches).toEqual([[1]]);
    gathered.push(3, 50);
    expect(batches).toEqual([[1], [2, 3]]);
    gathered.push(4, 900);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  it('when its first message has waited for the linger, however late the others came', () => {
    const gathered = gatherer();
    gathered.push(1, 1);
    vi.advanceTimersByTime(lingerMs - 1);
    gathered.push(2, 1);
    expect(batches).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(batches).toEqual([[1, 2]]);
  });

  it('not earlier because the batch before it was full early', () => {
    const gathered = gatherer();
    gathered.push(1, 1);
    vi.advanceTimersByTime(lingerMs / 2);
    for (const slot of [2, 3, 4]) gathered.push(slot, 1);
    expect(batches).toEqual([[1, 2, 3]]);
    vi.advanceTimersByTime(lingerMs - 1);
    expect(batches).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('at the end of the turn without a linger', async () => {
    const gathered = gatherer({ lingerMs: 0 });
    gathered.push(1, 1);
    gathered.push(2, 1);
    expect(batches).toEqual([]);
    await Promise.resolve();
    gathered.push(3, 1);
    await Promise.resolve();
    expect(batches).toEqual([[1, 2], [3]]);
  });

  it('without those that gave up, and not at all when all did', () => {
    const gathered = gatherer();
    gathered.push(1, 1);
    gathered.push(2, 1);
    expect([gathered.remove(1), gathered.remove(1), gathered.remove(7)]).toEqual([true, false, false]);
    vi.advanceTimersByTime(lingerMs);
    expect(batches).toEqual([[2]]);
    gathered.push(3, 1);
    gathered.remove(3);
    vi.advanceTimersByTime(lingerMs);
    expect(batches).toHaveLength(1);
  });

  it('never once it is closed', () => {
    const gathered = gatherer();
    gathered.push(1, 1);
    gathered.close();
    vi.advanceTimersByTime(lingerMs);
    expect(batches).toEqual([]);
  });
});
