import { describe, expect, it } from 'vitest';
import { DistinctOperations } from './distinct-operations.ts';

describe('DistinctOperations', () => {
  it('counts each operation of each producer once', () => {
    const distinct = new DistinctOperations();
    const known = new Set<string>();
    let state = 7;
    for (let n = 0; n < 50_000; n++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const producer = state % 3;
      const sequence = (state >>> 8) % 70_000;
      distinct.add({ producer, sequence });
      known.add(`${producer} ${sequence}`);
    }
    expect(distinct.count).toBe(known.size);
  });

  it('takes the highest sequences without taking much memory', () => {
    const distinct = new DistinctOperations();
    const highest = 2 ** 32 - 1;
    for (const sequence of [highest, highest - 1, highest, 0, highest]) distinct.add({ producer: 255, sequence });
    expect(distinct.count).toBe(3);
  });
});
