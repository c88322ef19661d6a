import { describe, expect, it } from 'vitest';
import { figureError, latencyFigure } from './latency-figure.ts';
import type { LatencySummary, TrialResult } from './result-types.ts';

const summary: LatencySummary = {
  ...{
    count: 5_000,
    neverCount: 0,
    min: 0,
    mean: 2_100,
    p50: 2_000,
    p90: 3_000,
    p99: 9_000,
    p999: 12_000,
    max: 20_000,
  },
} as LatencySummary;
const far = (boundUs: number | null) => ({ clock: { boundUs, beforeStart: 0 } });

describe('latencyFigure', () => {
  it('is null of a time between hosts whose clocks do not tell it, of every percentile', () => {
    expect(latencyFigure(far(150), 'delivered', summary, 'p99')).toBe(9_000);
    for (const figure of ['min', 'p50', 'p99', 'max'] as const) {
      expect(latencyFigure(far(250), 'delivered', summary, figure)).toBeNull();
      expect(latencyFigure(far(null), 'applied', summary, figure)).toBeNull();
    }
  });

  it('is known of what begins and ends on one host, and where one process made the load', () => {
    expect(latencyFigure(far(null), 'response', summary, 'p50')).toBe(2_000);
    expect(latencyFigure({}, 'delivered', summary, 'p50')).toBe(2_000);
  });

  it('is infinite of what was not reached, and null of too few', () => {
    const lost = { ...summary, p99: null, neverCount: 200 };
    expect(latencyFigure({}, 'response', lost, 'p99')).toBe(Number.POSITIVE_INFINITY);
    expect(latencyFigure({}, 'response', { ...summary, count: 20, p99: null }, 'p99')).toBeNull();
    expect(latencyFigure({}, 'response', undefined, 'p99')).toBeNull();
  });
});

describe('figureError', () => {
  const canary = { p50Us: 40, p90Us: 120, p99Us: 300 };
  const verdict = { status: 'valid', reasons: [], figures: { canary } } as unknown as TrialResult['verdict'];
  const silent = { ...verdict, figures: undefined };

  it('has the bound of the clocks in it, of a time between hosts', () => {
    expect(figureError({ verdict, ...far(150) }, 'delivered', 0.9)).toEqual({ us: 270, quantile: 0.9 });
    expect(figureError({ verdict, ...far(150) }, 'response', 0.9)).toEqual({ us: 120, quantile: 0.9 });
    expect(figureError({ verdict }, 'delivered', 0.9)).toEqual({ us: 120, quantile: 0.9 });
  });

  it('is at least that bound where the canaries say nothing', () => {
    expect(figureError({ verdict: silent, ...far(150) }, 'applied', 0.99)).toEqual({ us: 150, quantile: 0 });
    expect(figureError({ verdict: silent, ...far(150) }, 'response', 0.99)).toBeNull();
  });
});
