import { describe, expect, it } from 'vitest';
import { LatencyCounts } from '../../result/latency-counts.ts';
import { isSteady, SecondsOfLoad, type SteadySecond } from './warmup-watch.ts';

/** `count` response times spread evenly around `p50Us`, by a tenth at most. */
function second(number: number, change: { count?: number; p50Us?: number; cpuCores?: number } = {}): SteadySecond {
  const { count = 10_000, p50Us = 1_000, cpuCores = 0.5 } = change;
  const ok = new LatencyCounts();
  for (let index = 0; index < count; index++) ok.record(p50Us * (0.9 + (0.2 * (index + 0.5)) / count));
  return { second: number, spanMs: 1_000, ok, cpuCores };
}

describe('isSteady', () => {
  it.each<[string, SteadySecond[], boolean]>([
    ['three alike', [second(0), second(1), second(2)], true],
    ['only two', [second(0), second(1)], false],
    ['an unlike one before the last three', [second(0, { p50Us: 9_000 }), second(1), second(2), second(3)], true],
    ['a gap in between', [second(0), second(1), second(3)], false],
    ['p50 within 5 %', [second(0), second(1, { p50Us: 1_040 }), second(2)], true],
    ['p50 still falling', [second(0, { p50Us: 1_200 }), second(1, { p50Us: 1_100 }), second(2)], false],
    ['throughput still rising', [second(0, { count: 8_000 }), second(1, { count: 9_000 }), second(2)], false],
    ['CPU still falling', [second(0, { cpuCores: 0.7 }), second(1, { cpuCores: 0.6 }), second(2)], false],
    [
      'CPU within the ticks of the kernel',
      [second(0, { cpuCores: 0.02 }), second(1, { cpuCores: 0.04 }), second(2, { cpuCores: 0.03 })],
      true,
    ],
    [
      'counts that differ by chance alone',
      [second(0, { count: 90 }), second(1, { count: 100 }), second(2, { count: 110 })],
      true,
    ],
    ['nothing that succeeds', [0, 1, 2].map((number) => second(number, { count: 0 })), false],
  ])('%s', (_name, seconds, expected) => {
    expect(isSteady(seconds)).toBe(expected);
  });
});

describe('SecondsOfLoad', () => {
  it('completes a second when all workers have told of it, with their operations together', () => {
    const seconds = new SecondsOfLoad(2, () => 0);
    const report = (number: number, count: number) =>
      ({ type: 'second', second: number, spanMs: 1_000, ok: second(number, { count }).ok.toData() }) as const;
    expect([seconds.add(report(0, 100)), seconds.add(report(1, 200)), seconds.add(report(0, 300))]).toEqual([
      false,
      false,
      true,
    ]);
    expect(seconds.all.map(({ second, ok }) => [second, ok.count])).toEqual([[0, 400]]);
  });
});
