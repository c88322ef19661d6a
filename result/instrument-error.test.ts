import { describe, expect, it } from 'vitest';
import { errorBeyond, instrumentError } from './instrument-error.ts';

const canary = { count: 2_000, floorUs: 20, p50Us: 60, p90Us: 120, p99Us: 300 };

describe('instrumentError', () => {
  it.each([
    [0.5, { us: 60, quantile: 0.5 }],
    [0.75, { us: 60, quantile: 0.5 }],
    [0.9, { us: 120, quantile: 0.9 }],
    [0.99, { us: 300, quantile: 0.99 }],
    [0.999, { us: 300, quantile: 0.99 }],
    [0.1, { us: 60, quantile: 0.5 }],
  ])('goes by the percentile of the canaries that %d has', (quantile, expected) => {
    expect(instrumentError(canary, quantile)).toEqual(expected);
  });

  it('knows what the tail beyond a percentile has, as far as there were canaries', () => {
    expect(errorBeyond(canary, 0.5)).toBe(120);
    expect(errorBeyond(canary, 0.9)).toBe(300);
    expect(errorBeyond(canary, 0.99)).toBeNull();
    expect(errorBeyond({ ...canary, p90Us: null }, 0.5)).toBeNull();
    expect(errorBeyond(null, 0.5)).toBeNull();
  });

  it('goes by a lower one where canaries were too few, and says which', () => {
    expect(instrumentError({ ...canary, p99Us: null }, 0.99)).toEqual({ us: 120, quantile: 0.9 });
  });

  it('knows nothing without canaries', () => {
    expect(instrumentError(null, 0.5)).toBeNull();
    expect(instrumentError(undefined, 0.99)).toBeNull();
    expect(instrumentError({ ...canary, p50Us: null, p90Us: null, p99Us: null }, 0.99)).toBeNull();
  });
});
