import { describe, expect, it } from 'vitest';
import { drawsSlow, isSlow, slowBetween, workTimeFor } from './slow-work.ts';

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

describe('slow work by draws', () => {
  const numbers = Array.from({ length: 200_000 }, (_, sequence) => ({ producer: sequence % 2, sequence }));
  const slowOf = (part: number, seed = 7) => numbers.map((id) => drawsSlow(id, 0.05, { seed, part }));
  const shareOf = (draws: readonly boolean[]) => draws.filter(Boolean).length / draws.length;

  it('falls on its share of the operations, and on the same ones again', () => {
    expect(shareOf(slowOf(0))).toBeCloseTo(0.05, 2);
    expect(slowOf(3)).toEqual(slowOf(3));
  });

  it('is independent between services: eight of them make 1−(1−p)^8', () => {
    const all = Array.from({ length: 8 }, (_, part) => slowOf(part));
    const any = numbers.map((_, n) => all.some((draws) => draws[n]));
    const expected = 1 - 0.95 ** 8;
    const deviation = Math.sqrt((expected * (1 - expected)) / numbers.length);
    expect(Math.abs(shareOf(any) - expected)).toBeLessThan(4 * deviation);
    const both = numbers.map((_, n) => (all[0]?.[n] ?? false) && (all[1]?.[n] ?? false));
    expect(shareOf(both)).toBeCloseTo(0.05 ** 2, 3);
  });

  it('is of the seed, and leaves ids alone that are not ours', () => {
    expect(slowOf(0)).not.toEqual(slowOf(0, 8));
    const slow = { share: 1, workTimeMs: 80, isDrawn: true };
    expect(workTimeFor('abcd1234-0000-0000000001', 2, slow, { seed: 7, part: 0 })).toBe(80);
    expect(workTimeFor('hello', 2, slow, { seed: 7, part: 0 })).toBe(2);
  });
});
