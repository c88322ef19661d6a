import { describe, expect, it } from 'vitest';
import { slopeOf, soakLine } from './soak-benchmark.ts';

const mebibyte = 2 ** 20;
/** 60 s, 20 a second: some bytes an operation on 200 MiB, after a start that has nothing to do with it. */
const samples = (bytesAnOperation: number) =>
  Array.from({ length: 1_200 }, (_, n) => {
    const atMs = n * 50;
    const rssBytes = 200 * mebibyte + bytesAnOperation * 5 * atMs + (n % 7) * mebibyte;
    return { atMs, rssBytes: atMs < 15_000 ? 90 * mebibyte : rssBytes };
  });

describe('the memory of a soak', () => {
  it.each([0, 2, 22])('grows by %d bytes an operation', (bytes) => {
    expect(slopeOf(samples(bytes), 60)).toBeCloseTo(bytes, 0);
  });

  it('meets its goal when it is flat, and not when each operation stays', () => {
    expect(soakLine(samples(0), 60, [])).toMatchObject({ isMet: true });
    expect(soakLine(samples(22), 60, [])).toMatchObject({ isMet: false });
    expect(soakLine(samples(22), 60, []).ours.median).toBeGreaterThan(1_200);
  });
});
