import { describe, expect, it } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.ts';

describe('ConcurrencyLimit', () => {
  it('gives out its places, then lets wait up to the bound', () => {
    const limit = new ConcurrencyLimit({ maxConcurrent: 2, waiting: 1 }, 8);
    expect([limit.enter(0), limit.enter(1)]).toEqual([true, true]);
    expect(limit.isFull).toBe(false);
    expect(limit.enter(2)).toBe(false);
    expect(limit.isFull).toBe(true);
    expect(limit.next()).toBe(-1);
    expect(limit.leave()).toBe(true);
    expect(limit.next()).toBe(2);
    expect([limit.leave(), limit.leave()]).toEqual([false, false]);
    expect(limit.next()).toBe(-1);
    expect([limit.enter(3), limit.enter(4), limit.enter(5)]).toEqual([true, true, false]);
  });

  it('is full at once where nobody may wait', () => {
    const limit = new ConcurrencyLimit({ maxConcurrent: 1, waiting: 0 }, 4);
    expect(limit.isFull).toBe(false);
    limit.enter(0);
    expect(limit.isFull).toBe(true);
  });

  it('lets nobody overtake those who wait', () => {
    const limit = new ConcurrencyLimit({ maxConcurrent: 1, waiting: 3 }, 8);
    for (const slot of [0, 1, 2]) limit.enter(slot);
    limit.leave();
    expect(limit.enter(3)).toBe(false);
    const order: number[] = [];
    for (let slot = limit.next(); slot >= 0; slot = limit.next()) {
      order.push(slot);
      limit.leave();
    }
    expect(order).toEqual([1, 2, 3]);
  });

  it('forgets who gives up', () => {
    const limit = new ConcurrencyLimit({ maxConcurrent: 1, waiting: 2 }, 8);
    for (const slot of [0, 1, 2]) limit.enter(slot);
    limit.giveUp(1);
    limit.leave();
    expect(limit.next()).toBe(2);
  });
});
