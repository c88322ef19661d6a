import { describe, expect, it } from 'vitest';
import { LatencyCounts } from './latency-counts.ts';
import { percentileGap, summariseLatency } from './latency-summary.ts';

function uniform(count: number): LatencyCounts {
  const counts = new LatencyCounts();
  for (let n = 1; n <= count; n++) counts.record(n);
  return counts;
}

describe('summariseLatency', () => {
  it('has only a count of zero without samples', () => {
    expect(summariseLatency(undefined)).toEqual({ count: 0 });
    expect(summariseLatency(new LatencyCounts())).toEqual({ count: 0 });
  });

  it('states a percentile from ten samples beyond it on', () => {
    expect(summariseLatency(uniform(999)).p99).toBeNull();
    expect(summariseLatency(uniform(1_000)).p99).toBe(990);
    expect(summariseLatency(uniform(19)).p50).toBeNull();
    expect(summariseLatency(uniform(20)).p50).toBe(10);
  });

  it('counts what never completed as infinitely late', () => {
    const summary = summariseLatency(uniform(700), 1_000);
    expect(summary).toMatchObject({ count: 1_000, p50: 500, p90: null, p99: null, max: null, mean: null });
  });

  it('tells too few samples from not reached', () => {
    expect(percentileGap('p99', { count: 500 })).toBe('tooFew');
    expect(percentileGap('p99', { count: 1_000 })).toBe('notReached');
  });

  it('keeps an operation that fails at once from looking fast', () => {
    const refusing = new LatencyCounts();
    for (let n = 0; n < 700; n++) refusing.record(1_000);
    const honest = new LatencyCounts();
    for (let n = 0; n < 1_000; n++) honest.record(1_200);
    expect(summariseLatency(refusing, 1_000).p90).toBeNull();
    expect(summariseLatency(honest, 1_000).p90).toBe(1_200);
  });
});
