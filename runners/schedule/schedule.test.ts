import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RateStage } from '../../scenarios/scenario.ts';
import { type ArrivalSpec, countArrivals, createArrivalSchedule } from './arrival-schedule.ts';
import { OperationMix } from './operation-mix.ts';
import { createPayloadPool } from './payload-pool.ts';
import { RateCurve } from './rate-curve.ts';
import { uniform } from './seeded-random.ts';

const second = 1e6;

/** One stage at this rate. */
const steady = (perSecond: number, forMs: number) => [{ forMs, fromPerSecond: perSecond, toPerSecond: perSecond }];

describe('constant arrivals', () => {
  it('are equally spaced and end before the total', () => {
    const schedule = createArrivalSchedule({ arrivals: 'constant', stages: steady(4, 1_000), seed: 1 });
    expect([0, 1, 2, 3, 4].map((index) => schedule.offsetUs(index))).toEqual([0, 250_000, 500_000, 750_000, null]);
  });

  it('do not drift: the millionth is where the rate says', () => {
    const schedule = createArrivalSchedule({ arrivals: 'constant', stages: steady(3, 1e9), seed: 1 });
    expect(schedule.offsetUs(999_999)).toBeCloseTo((999_999 / 3) * second, 3);
  });
});

describe('Poisson arrivals', () => {
  const spec = { arrivals: 'poisson', stages: steady(2_000, 30_000), seed: 42 } as const;

  it('are the same for the same seed and others for another', () => {
    const [a, b, c] = [spec, spec, { ...spec, seed: 43 }].map((one) => createArrivalSchedule(one));
    const first = (schedule: typeof a) => Array.from({ length: 100 }, (_, index) => schedule?.offsetUs(index));
    expect(first(a)).toEqual(first(b));
    expect(first(a)).not.toEqual(first(c));
  });

  it('are the same however they are asked for: interleaved shares, or an earlier index again', () => {
    const whole = createArrivalSchedule(spec);
    const odd = createArrivalSchedule(spec);
    for (let index = 1; index < 1_000; index += 2) expect(odd.offsetUs(index)).toBe(whole.offsetUs(index));
    expect(odd.offsetUs(3)).toBe(createArrivalSchedule(spec).offsetUs(3));
  });

  it('match the rate in any window within five standard deviations', () => {
    const schedule = createArrivalSchedule(spec);
    const perSecond = new Array<number>(30).fill(0);
    for (let index = 0; ; index++) {
      const offsetUs = schedule.offsetUs(index);
      if (offsetUs === null) break;
      const window = Math.floor(offsetUs / second);
      perSecond[window] = (perSecond[window] ?? 0) + 1;
    }
    for (const count of perSecond) expect(Math.abs(count - 2_000)).toBeLessThan(5 * Math.sqrt(2_000));
  });

  it('have exponential gaps: mean and standard deviation agree', () => {
    const schedule = createArrivalSchedule(spec);
    const offsets = Array.from({ length: countArrivals(schedule) }, (_, index) => schedule.offsetUs(index) ?? 0);
    const gaps = offsets.slice(1).map((offset, index) => offset - (offsets[index] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(mean / 500).toBeGreaterThan(0.97);
    expect(mean / 500).toBeLessThan(1.03);
    expect(deviation / mean).toBeGreaterThan(0.97);
    expect(deviation / mean).toBeLessThan(1.03);
  });
});

describe('stages', () => {
  const shapes: Record<string, readonly RateStage[]> = {
    'a ramp up': [{ forMs: 4_000, fromPerSecond: 0, toPerSecond: 2_000 }],
    'a ramp down': [{ forMs: 4_000, fromPerSecond: 2_000, toPerSecond: 100 }],
    steps: [...steady(200, 1_500), ...steady(1_500, 1_000), ...steady(700, 1_500)],
    'a spike': [...steady(100, 2_000), ...steady(5_000, 200), ...steady(100, 2_000)],
    'a lull between ramps': [
      { forMs: 1_000, fromPerSecond: 100, toPerSecond: 900 },
      ...steady(0, 500),
      { forMs: 2_000, fromPerSecond: 900, toPerSecond: 0 },
    ],
  };
  const offsetsOf = (spec: ArrivalSpec) => {
    const schedule = createArrivalSchedule(spec);
    return Array.from({ length: countArrivals(schedule) }, (_, index) => schedule.offsetUs(index) ?? Number.NaN);
  };
  /** Windows of all lengths, anywhere in the load. */
  const windows = (totalUs: number, count: number): [number, number][] =>
    Array.from({ length: count }, (_, n) => {
      const [a, b] = [0, 1].map((k) => uniform(99, k, n) * totalUs) as [number, number];
      return [Math.min(a, b), Math.max(a, b)];
    });

  it('of one rate after the other: the literal times', () => {
    const stages = [...steady(2, 1_000), ...steady(4, 500)];
    expect(offsetsOf({ arrivals: 'constant', stages, seed: 1 })).toEqual([0, 500_000, 1_000_000, 1_250_000]);
    // The integral of a ramp from 0 to 8 a second over 1 s is 4t²: its whole numbers are passed at √(n / 4).
    const ramp = [{ forMs: 1_000, fromPerSecond: 0, toPerSecond: 8 }];
    const expected = [0, 500_000, Math.SQRT1_2 * second, (Math.sqrt(3) / 2) * second];
    offsetsOf({ arrivals: 'constant', stages: ramp, seed: 1 }).forEach((offsetUs, index) => {
      expect(offsetUs).toBeCloseTo(expected[index] ?? Number.NaN, 6);
    });
  });

  it.each(Object.entries(shapes))(
    '%s: constant arrivals in any window are the integral of the rate, to one',
    (_, stages) => {
      const curve = new RateCurve(stages);
      const offsets = offsetsOf({ arrivals: 'constant', stages, seed: 1 });
      expect(offsets).toHaveLength(Math.ceil(curve.total - 1e-9));
      expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      for (const [fromUs, toUs] of windows(4e6, 300)) {
        const count = offsets.filter((offsetUs) => offsetUs >= fromUs && offsetUs < toUs).length;
        expect(Math.abs(count - (curve.expectedBy(toUs) - curve.expectedBy(fromUs)))).toBeLessThanOrEqual(1 + 1e-6);
      }
    },
  );

  it.each(Object.entries(shapes))(
    '%s: Poisson arrivals in any window are its integral, within five deviations',
    (_, stages) => {
      const curve = new RateCurve(stages);
      for (const seed of [1, 2, 3, 4]) {
        const offsets = offsetsOf({ arrivals: 'poisson', stages, seed });
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
        for (const [fromUs, toUs] of windows(4e6, 100)) {
          const expected = curve.expectedBy(toUs) - curve.expectedBy(fromUs);
          const count = offsets.filter((offsetUs) => offsetUs >= fromUs && offsetUs < toUs).length;
          expect(Math.abs(count - expected)).toBeLessThanOrEqual(5 * Math.sqrt(expected) + 5);
        }
      }
    },
  );

  it('are shared out among workers without a change', () => {
    const stages = shapes['a spike'] ?? [];
    const whole = offsetsOf({ arrivals: 'poisson', stages, seed: 5 });
    const shares = [0, 1, 2].map((worker) => {
      const schedule = createArrivalSchedule({ arrivals: 'poisson', stages, seed: 5 });
      const share: [number, number][] = [];
      for (let index = worker; ; index += 3) {
        const offsetUs = schedule.offsetUs(index);
        if (offsetUs === null) return share;
        share.push([index, offsetUs]);
      }
    });
    const merged: number[] = [];
    for (const [index, offsetUs] of shares.flat()) merged[index] = offsetUs;
    expect(merged).toEqual(whole);
  });
});

describe('OperationMix', () => {
  const keys = { count: 1_000, distribution: 'uniform' } as const;

  it('draws operations by their weights', () => {
    const mix = new OperationMix({ seed: 1, weights: [60, 30, 10], keys });
    const counts = [0, 0, 0];
    for (let index = 0; index < 30_000; index++) counts[mix.operation(index)] = (counts[mix.operation(index)] ?? 0) + 1;
    expect(counts.map((count) => Math.round(count / 300))).toEqual([60, 30, 10]);
  });

  it('never draws an operation of weight zero', () => {
    const mix = new OperationMix({ seed: 5, weights: [0, 1, 0], keys });
    for (let index = 0; index < 5_000; index++) expect(mix.operation(index)).toBe(1);
  });

  it('spreads uniform keys over all of them, and Zipf keys by rank', () => {
    const counts = (distribution: 'uniform' | 'zipf') => {
      const mix = new OperationMix({ seed: 3, weights: [1], keys: { count: 100, distribution } });
      const seen = new Array<number>(100).fill(0);
      for (let index = 0; index < 50_000; index++) seen[mix.key(index)] = (seen[mix.key(index)] ?? 0) + 1;
      return seen;
    };
    for (const count of counts('uniform')) expect(Math.abs(count - 500)).toBeLessThan(150);
    const zipf = counts('zipf');
    const [first = 0, second = 1, tenth = 1] = [zipf[0], zipf[1], zipf[9]];
    expect(first / second).toBeGreaterThan(1.8);
    expect(first / second).toBeLessThan(2.2);
    expect(first / tenth).toBeGreaterThan(8);
    expect(first / tenth).toBeLessThan(12);
  });
});

describe('payload pool', () => {
  it('has bodies of exactly the size asked for, in JSON-safe ASCII', () => {
    for (const sizeBytes of [0, 1, 15, 16, 17, 1_024]) {
      for (const body of createPayloadPool({ sizeBytes, entropy: 0.4 }, 42)) {
        expect(body.length).toBe(sizeBytes);
        expect(JSON.stringify(body.toString())).toBe(`"${body.toString()}"`);
      }
    }
  });

  it('is the same for the same seed and holds different bodies', () => {
    const [a, b] = [1, 1].map(() => createPayloadPool({ sizeBytes: 256, entropy: 1 }, 42).map(String));
    expect(a).toEqual(b);
    expect(new Set(a).size).toBe(64);
  });

  it('compresses less the higher the entropy', () => {
    const ratios = [0, 0.2, 0.4, 0.6, 0.8, 1].map((entropy) => {
      const body = createPayloadPool({ sizeBytes: 16_384, entropy }, 42)[0] as Buffer;
      return gzipSync(body).length / body.length;
    });
    expect(ratios[0]).toBeLessThan(0.02);
    expect(ratios[5]).toBeGreaterThan(0.7);
    for (let n = 1; n < ratios.length; n++)
      expect(ratios[n] as number).toBeGreaterThan((ratios[n - 1] as number) + 0.05);
  });

  it('keeps big bodies within bounds of memory', () => {
    expect(createPayloadPool({ sizeBytes: 16 * 1024 * 1024, entropy: 0 }, 1)).toHaveLength(1);
  });
});

describe('recorded arrivals', () => {
  it('are played as they were, behind a Poisson warm-up', () => {
    const stages = [
      { forMs: 1_000, fromPerSecond: 50, toPerSecond: 50 },
      { forMs: 2_000, fromPerSecond: 2, toPerSecond: 2 },
    ];
    const recordedUs = Float64Array.of(0, 10, 10, 1_999_000);
    const schedule = createArrivalSchedule({ arrivals: 'recorded', stages, seed: 3, recordedUs });
    const warmup = createArrivalSchedule({ arrivals: 'poisson', stages: stages.slice(0, 1), seed: 3 });
    const count = countArrivals(warmup);
    const offsets = Array.from({ length: countArrivals(schedule) }, (_, index) => schedule.offsetUs(index));
    expect(count).toBeGreaterThan(25);
    expect(offsets.slice(0, count)).toEqual(Array.from({ length: count }, (_, index) => warmup.offsetUs(index)));
    expect(offsets.slice(count)).toEqual([1_000_000, 1_000_010, 1_000_010, 2_999_000]);
  });
});
