import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('retryAfterMs', () => {
  it.each([
    ['3', 3_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['99999999999', 86_400_000],
    ['Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
    ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
    ['Friday, 02-Jan-26 03:04:07 GMT', 2_000],
    ['', 0],
    ['-1', 0],
    ['1.5', 0],
    ['soon', 0],
    ['2026', 2_026_000],
    ['2027-01-01', 0],
  ])('%j', (text, expected) => {
    expect(retryAfterMs(text, nowMs)).toBe(expected);
  });
});
