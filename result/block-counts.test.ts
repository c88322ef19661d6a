import { describe, expect, it } from 'vitest';
import { BlockCounts, binStartUs, blockWidthMs, decodeBlockCounts, neverBin } from './block-counts.ts';

const never = Number.POSITIVE_INFINITY;

describe('counts by block', () => {
  it('fall into bins of half an octave from 32 µs, what never got there into one of its own', () => {
    const counts = new BlockCounts();
    for (const us of [0, 31.9, 32, 45, 46, 63, 64, 30e6, never]) counts.record(3, us);
    expect(counts.encode()).toBe(`3:0:2,2,2,1,${'0,'.repeat(35)}1,1`);
    expect([0, 1, 2, 3, neverBin].map((bin) => Math.round(binStartUs(bin)))).toEqual([0, 32, 45, 64, never]);
  });

  it('are merged block by block, and read back as they were written', () => {
    const [one, other] = [new BlockCounts(), new BlockCounts()];
    one.record(0, 100);
    other.record(0, 100);
    other.record(7, 1e6);
    other.record(7, never);
    one.add(other.toData());
    expect(one.encode()).toBe('0:4:2 7:30:1,0,0,0,0,0,0,0,0,0,1');
    expect(decodeBlockCounts(one.encode()).encode()).toBe(one.encode());
    expect(decodeBlockCounts('').encode()).toBe('');
  });

  it('are of 250 ms, of longer blocks where there would be too many', () => {
    expect([15_000, 300_000, 300_001, 3_600_000].map(blockWidthMs)).toEqual([250, 250, 500, 4_000]);
  });
});
