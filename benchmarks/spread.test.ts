import { describe, expect, it } from 'vitest';
import { spreadOf } from './spread.ts';

describe('spreadOf', () => {
  it.each([
    [[7], { median: 7, min: 7, max: 7 }],
    [[9, 1, 5], { median: 5, min: 1, max: 9 }],
    [[10, 2, 4, 100], { median: 7, min: 2, max: 100 }],
  ])('%j', (readings, expected) => {
    expect(spreadOf(readings)).toEqual(expected);
  });

  it('knows nothing without readings', () => {
    expect(spreadOf([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN });
  });
});
