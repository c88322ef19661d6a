import { describe, expect, it } from 'vitest';
import { BlockCounts } from '../block-counts.ts';
import { seededDraws } from '../fixtures/seeded-draws.ts';
import { LatencyCounts } from '../latency-counts.ts';
import { blocksInEffect, designEffect, rankInterval, withinRunInterval } from './statistics-blocks.ts';

const draws = seededDraws(20_260);

interface Sample {
  readonly atMs: number;
  readonly us: number;
}

/** Arrivals at 500 a second; twice a second the service stops for 10 ms on the mean and holds up whatever arrives then. */
function burstyTrial(seconds: number): Sample[] {
  const stops: { fromMs: number; untilMs: number }[] = [];
  for (let at = draws.exponential(500); at < seconds * 1e3; at += draws.exponential(500)) {
    stops.push({ fromMs: at, untilMs: at + draws.exponential(10) });
  }
  const samples: Sample[] = [];
  let past = 0;
  for (let atMs = draws.exponential(2); atMs < seconds * 1e3; atMs += draws.exponential(2)) {
    while ((stops[past]?.untilMs ?? Number.POSITIVE_INFINITY) < atMs) past++;
    const stop = stops[past];
    const waitedUs = stop !== undefined && stop.fromMs <= atMs ? (stop.untilMs - atMs) * 1e3 : 0;
    samples.push({ atMs, us: waitedUs + 1_000 * Math.exp(0.3 * draws.normal()) });
  }
  return samples;
}

function recorded(samples: readonly Sample[], blockMs = 250) {
  const [counts, blocks] = [new LatencyCounts(), new BlockCounts()];
  for (const { atMs, us } of samples) {
    counts.record(us);
    blocks.record(Math.floor(atMs / blockMs), us);
  }
  return { counts, blocks, blockMs, longestStallMs: 0 };
}

describe('the design effect', () => {
  it('is that of a hand-computed case: all beyond in two blocks of twenty', () => {
    // 20 blocks of 100, 10 beyond in each of two: share 0.01. Σ(x − 1)² = 2·81 + 18·1 = 180;
    // V = 20/19 · 180/2000² = 4.7368e-5; D = V·2000/(0.01·0.99) = 9.569.
    const blocks = Array.from({ length: 20 }, (_, n) => ({ offered: 100, beyond: n < 2 ? 10 : 0 }));
    expect(designEffect(blocks, 0.01)).toBeCloseTo(9.569, 3);
    // Half-width of the ranks: 1.96·√(9.569·2000·0.99·0.01) = 26.98.
    const [low, high] = rankInterval(0.99, 2_000, 9.569);
    expect([low, high].map((rank) => Math.round(rank * 100) / 100)).toEqual([1_953.02, 2_006.98]);
  });

  it('rests on as many blocks as hold what lies beyond: then the ranks are Student’s t apart', () => {
    const blocks = Array.from({ length: 20 }, (_, n) => ({ offered: 100, beyond: n < 4 ? 5 : 0 }));
    expect(blocksInEffect(blocks)).toBe(4);
    const [low] = rankInterval(0.99, 2_000, 1, 4); // t(3) = 3.182
    expect(low).toBeCloseTo(1_980 - 3.182 * Math.sqrt(2_000 * 0.99 * 0.01), 2);
  });

  it('is never below that of independent draws, and not known of fewer than 20 blocks', () => {
    const even = Array.from({ length: 20 }, () => ({ offered: 100, beyond: 1 }));
    expect(designEffect(even, 0.01)).toBe(1);
    expect(designEffect(even.slice(1), 0.01)).toBeNull();
  });
});

describe('the interval of a percentile within a run', () => {
  it('holds the truth in at least 93 of 100 draws where the slow ones come in bursts', { timeout: 60_000 }, () => {
    const truth = recorded(Array.from({ length: 40 }, () => burstyTrial(60)).flat()).counts;
    const quantiles = [0.5, 0.9, 0.99] as const;
    const [held, heldByRanksAlone] = [quantiles.map(() => 0), quantiles.map(() => 0)];
    const trials = 1_000;
    for (let trial = 0; trial < trials; trial++) {
      const source = recorded(burstyTrial(30));
      quantiles.forEach((quantile, n) => {
        const trueUs = truth.atQuantile(quantile) as number;
        const [low, high] = withinRunInterval(source, quantile) as readonly [number, number];
        if (low <= trueUs && trueUs <= high) held[n] = (held[n] ?? 0) + 1;
        const { counts } = source;
        const [from, to] = rankInterval(quantile, counts.count, 1).map((rank) =>
          counts.atQuantile(rank / counts.count),
        );
        if ((from as number) <= trueUs && trueUs <= (to as number))
          heldByRanksAlone[n] = (heldByRanksAlone[n] ?? 0) + 1;
      });
    }
    for (const count of held) expect(count / trials).toBeGreaterThanOrEqual(0.93);
    expect((heldByRanksAlone[2] as number) / trials).toBeLessThan(0.7); // what the bursts are planted for
  });

  it('is not told of fewer than 20 blocks, nor of fewer than ten samples beyond', () => {
    const samples = burstyTrial(30);
    expect(withinRunInterval(recorded(samples.filter(({ atMs }) => atMs < 4_700)), 0.5)).toBeNull();
    expect(withinRunInterval(recorded(samples.filter((_, n) => n < 990)), 0.99)).toBeNull();
    expect(withinRunInterval(recorded(samples), 0.99)).not.toBeNull();
  });

  it('takes wider blocks where a stall was long or operations are few', () => {
    const source = recorded(burstyTrial(30)); // 120 blocks
    expect(withinRunInterval({ ...source, longestStallMs: 140 }, 0.5)).not.toBeNull(); // 20 of 1.5 s
    expect(withinRunInterval({ ...source, longestStallMs: 160 }, 0.5)).toBeNull(); // 18 of 1.75 s
    const few = recorded(burstyTrial(30).filter((_, n) => n % 50 === 0)); // ten a second: 15 blocks of 2 s
    expect(withinRunInterval(few, 0.5)).toBeNull();
  });

  it('ends at “not reached” where its upper rank falls among those that never completed', () => {
    const source = recorded(burstyTrial(30));
    const offered = new BlockCounts(source.blocks.toData().map((counts) => counts?.slice()));
    for (let n = 0; n < 145; n++) offered.record(n % 100, Number.POSITIVE_INFINITY);
    const [low, high] = withinRunInterval({ ...source, offered }, 0.99) ?? [null, 0];
    expect(low).toBeGreaterThan(0);
    expect(high).toBeNull();
  });
});
