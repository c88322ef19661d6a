import { describe, expect, it } from 'vitest';
import { isSlow, slowBetween } from './slow-work.ts';

describe('slow work', () => {
  it('falls on every tenth operation at a share of a tenth', () => {
    const slow = Array.from({ length: 40 }, (_, sequence) => sequence).filter((sequence) => isSlow(sequence, 0.1));
    expect(slow).toEqual([9, 19, 29, 39]);
  });

  it('falls on none at 0 and on all at 1', () => {
    expect(slowBetween(0, 1_000, 0)).toBe(0);
    expect(slowBetween(0, 1_000, 1)).toBe(1_000);
  });

  it('counts a stretch as the operations in it are drawn, whatever the share', () => {
    for (const share of [0.1, 0.29, 1 / 3, 0.07]) {
      const drawn = Array.from({ length: 777 }, (_, n) => n + 123).filter((sequence) => isSlow(sequence, share));
      expect(slowBetween(123, 900, share), String(share)).toBe(drawn.length);
    }
  });
});
