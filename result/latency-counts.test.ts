import { build } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { decodeLatencyCounts, highestLatencyUs, LatencyCounts } from './latency-counts.ts';

/** Log-uniform over the whole range, from a small fixed generator. */
function samples(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(Math.exp((state / 4294967296) * Math.log(highestLatencyUs)));
  });
}

function recorded(values: readonly number[]): LatencyCounts {
  const counts = new LatencyCounts();
  for (const value of values) counts.record(value);
  return counts;
}

describe('LatencyCounts', () => {
  it('agrees with a sorted array within three significant digits at every quantile', () => {
    const values = samples(20_000, 7);
    const counts = recorded(values);
    const sorted = [...values].sort((a, b) => a - b);
    for (const quantile of [0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 1]) {
      const exact = sorted[Math.ceil(quantile * sorted.length) - 1] as number;
      const found = counts.atQuantile(quantile) as number;
      expect(found).toBeGreaterThanOrEqual(exact);
      expect(found - exact).toBeLessThanOrEqual(Math.max(0, exact / 1000));
    }
  });

  it('fills the same cells as hdr-histogram-js', () => {
    const values = [0, 1, 2, 1023, 1024, 2047, 2048, 2049, 4095, 4096, 65_535, 1_000_003, 2 ** 30, highestLatencyUs];
    const reference = build({
      highestTrackableValue: highestLatencyUs,
      numberOfSignificantValueDigits: 3,
      bitBucketSize: 64,
    });
    for (const value of values) reference.recordValue(value);
    const counts = recorded(values);
    for (const percentile of [5, 20, 35, 50, 65, 80, 95]) {
      expect(counts.atQuantile(percentile / 100)).toBe(reference.getValueAtPercentile(percentile));
    }
  });

  it('keeps minimum, maximum and mean exact', () => {
    const counts = recorded([1_000_001, 3, 5_000_003]);
    expect([counts.minUs, counts.maxUs, counts.meanUs]).toEqual([3, 5_000_003, 6_000_007 / 3]);
  });

  it('gives nothing without samples', () => {
    const counts = new LatencyCounts();
    expect([counts.minUs, counts.maxUs, counts.meanUs, counts.atQuantile(0.5)]).toEqual([null, null, null, null]);
  });

  it('counts below zero as zero and beyond the range as its end', () => {
    const counts = recorded([-5, highestLatencyUs + 10, Number.POSITIVE_INFINITY]);
    expect([counts.count, counts.minUs, counts.maxUs]).toEqual([3, 0, highestLatencyUs]);
  });

  it('has no percentile where it falls among operations that never completed', () => {
    const counts = recorded(samples(70, 1));
    expect(counts.atQuantile(0.7, 100)).toBe(counts.maxUs);
    expect(counts.atQuantile(0.71, 100)).toBeNull();
  });

  it('merges more than 32 bits hold, and writes and reads them', () => {
    const counts = Uint32Array.of(3e9, 1);
    const data = { cells: Uint16Array.of(3, 5), counts, count: 3e9 + 1, minUs: 3, maxUs: 5, sumUs: 9e9 + 5 };
    const merged = new LatencyCounts();
    for (let n = 0; n < 2; n++) merged.add(new LatencyCounts(data));
    const expected = [
      { valueUs: 3, count: 6e9 },
      { valueUs: 5, count: 2 },
    ];
    expect([...merged.filled()]).toEqual(expected);
    expect([merged.atQuantile(0.5), merged.atQuantile(1)]).toEqual([3, 5]);
    expect([...new LatencyCounts(merged.toData()).filled()]).toEqual(expected);
    expect([...decodeLatencyCounts(merged.encode()).filled()]).toEqual(expected);
    expect(counts[0]).toBe(3e9);
  });

  it('merges by adding counts: the merge of parts is the whole', () => {
    const values = samples(9_000, 3);
    const whole = recorded(values);
    const parts = [values.slice(0, 10), values.slice(10, 5_000), values.slice(5_000)].map(recorded);
    const merged = new LatencyCounts();
    for (const part of parts) merged.add(new LatencyCounts(structuredClone(part.toData())));
    expect(merged.encode()).toBe(whole.encode());
    expect([merged.count, merged.minUs, merged.maxUs, merged.meanUs]).toEqual([
      whole.count,
      whole.minUs,
      whole.maxUs,
      whole.meanUs,
    ]);
  });

  it('encodes, decodes and adds without changing a byte', () => {
    const encoded = recorded(samples(5_000, 11)).encode();
    const decoded = decodeLatencyCounts(encoded);
    expect(decoded.encode()).toBe(encoded);
    const sum = new LatencyCounts();
    sum.add(decoded);
    expect(sum.encode()).toBe(encoded);
  });

  it('puts what never completed at the end of the encoded range', () => {
    const decoded = decodeLatencyCounts(recorded([10, 20, 30]).encode(2));
    expect(decoded.count).toBe(5);
    expect(decoded.atQuantile(0.6)).toBe(30);
    expect(decoded.maxUs).toBe(highestLatencyUs);
  });

  it.each(['', 'AAAA', 'not base64 at all', 'HISTFAAAABx4nJNpmSzMwMAgyQABzFCaEUqgCgB2'])(
    'is not read from what is no histogram: %j',
    (text) => {
      expect(() => decodeLatencyCounts(text)).toThrow(
        expect.objectContaining({ name: 'BenchError', code: 'noHistogram', exitCode: 2 }),
      );
    },
  );
});
