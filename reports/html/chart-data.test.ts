import { expect, it } from 'vitest';
import type { TimelinePoint, TrialResult } from '../../result/result-types.ts';
import { intervalSeconds, watchOf } from './chart-data.ts';

const points = (...starts: number[]) =>
  starts.map((atMs): TimelinePoint => ({ atMs, offered: 1, ok: 1, failed: 0, timedOut: 0, p50Us: null, p99Us: null }));
const steady = (durationMs: number) => ({ steady: { durationMs } }) as TrialResult['phases'];

it('divides the last interval by the time that was loaded in it', () => {
  expect(intervalSeconds({ timeline: points(0, 250, 500), phases: steady(600) })).toEqual([0.25, 0.25, 0.1]);
  expect(intervalSeconds({ timeline: points(0, 250, 500), phases: steady(750) })).toEqual([0.25, 0.25, 0.25]);
});

it('takes the shorter last interval of a warm-up for as long as it is', () => {
  const timeline = points(-350, -100, 0, 250);
  expect(intervalSeconds({ timeline, phases: steady(500) })).toEqual([0.25, 0.1, 0.25, 0.25]);
});

it('draws what an own system used and said, each in its unit, and nothing of what nobody knows', () => {
  const point = (atMs: number, cores: number | null, orders: number | null) => {
    return { atMs, cores, memoryBytes: null, metrics: { orders } };
  };
  const watch = { source: 'pid 1', cpuUs: null, points: [point(0, null, 10), point(500, 0.512345, null)] };
  expect(watchOf({ watch } as unknown as TrialResult)).toEqual({
    seconds: [0, 0.5],
    series: [
      { label: 'cores', values: [null, 0.5123] },
      { label: 'orders', values: [10, null] },
    ],
  });
  expect(watchOf({ watch: { ...watch, points: [point(0, 1, 1)] } } as unknown as TrialResult)).toBeNull();
  expect(watchOf({} as TrialResult)).toBeNull();
});
