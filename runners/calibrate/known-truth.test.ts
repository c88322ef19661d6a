import { describe, expect, it } from 'vitest';
import { LatencyCounts } from '../../result/latency-counts.ts';
import { bimodalTruth, fixedTruth, stallTruth } from './known-truth.ts';

describe('a fixed delay', () => {
  it('is every percentile', () => {
    expect([0.01, 0.5, 0.999].map(fixedTruth(20_000))).toEqual([20_000, 20_000, 20_000]);
  });
});

describe('two delays', () => {
  it('change over at the rank where the slow ones begin', () => {
    const truth = bimodalTruth(5_000, 50_000, 1_000, 100);
    expect([0.5, 0.9, 0.901, 0.99].map(truth)).toEqual([5_000, 5_000, 50_000, 50_000]);
  });
});

describe('a stall', () => {
  it('of 1 s in 10 s at 1,000/s: nothing up to p90, 500 ms at p95, 900 ms at p99, 1 s at most', () => {
    const truth = stallTruth(1e6, 1_000, 10_000);
    expect([0.5, 0.9, 0.95, 0.99, 1].map(truth)).toEqual([0, 0, 500_000, 900_000, 1_000_000]);
  });

  it('of 1 s in 4 s at 1,000/s takes a quarter of the operations', () => {
    const truth = stallTruth(1e6, 1_000, 4_000);
    expect([0.75, 0.9, 0.95, 0.99].map(truth)).toEqual([0, 600_000, 800_000, 960_000]);
  });

  it('is what recording each arrival by hand shows', () => {
    const recorded = new LatencyCounts();
    for (let arrivalUs = 0; arrivalUs < 2e6; arrivalUs += 2_000) {
      recorded.record(arrivalUs >= 600_000 && arrivalUs < 1_000_000 ? 1_000_000 - arrivalUs : 0);
    }
    const truth = stallTruth(400_000, 2_000, 1_000);
    for (const quantile of [0.5, 0.81, 0.9, 0.95, 0.99]) {
      const us = recorded.atQuantile(quantile) ?? Number.NaN;
      expect(Math.abs(us - truth(quantile)), String(quantile)).toBeLessThanOrEqual(truth(quantile) * 0.001);
    }
  });
});
