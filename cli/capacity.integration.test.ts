import { describe, expect, it } from 'vitest';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('capacity');

/** One order at a time, 20 ms each: 50 a second. */
const scenario = `name: known-capacity
workload:
  operations: { getOrder: { weight: 1 } }
  service: { workTime: 20ms, concurrency: 1, waiting: 1000 }
load:
  model: open
  arrivals: constant
  rate: max
  search: { slo: [ p50 < 90ms, errorRatio < 1% ], from: 30/s, to: 500/s, precision: 40% }
  warmup: 100ms
  duration: 1200ms
targets: { rest: { protocol: rest, via: direct } }
resilience: { deadline: 1s }
thresholds: [ rest errorRatio < 1% ]
`;

describe('rate: max', () => {
  it('finds the known highest rate of a service, confirms it, and names the service as the limit', async () => {
    const { code, stdout, result } = await rig.play(scenario);
    expect(stdout).toMatch(/Highest rate with p50 < 90ms and errorRatio < 1%: rest \d+\/s \(limit: the service\)/);
    expect(code).toBe(0);
    const { capacity, trials, run } = result;
    const [found] = capacity ?? [];
    expect(found).toMatchObject({ target: 'rest', condition: 'calm', ended: 'confirmed' });
    expect(found?.ratePerSecond).toBeGreaterThanOrEqual(30);
    expect(found?.ratePerSecond).toBeLessThan(56); // what is above 50/s for a second makes no long line yet
    expect(found?.missedPerSecond).toBeGreaterThan(48);
    expect(found?.probes.at(-1)).toMatchObject({ purpose: 'confirm', ratePerSecond: found?.ratePerSecond, missed: [] });
    // All are stored; one of them counts.
    expect(trials.map(({ id }) => id)).toEqual(found?.probes.map(({ trial }) => trial));
    expect(trials.filter(({ purpose }) => purpose === undefined).map(({ id }) => id)).toEqual([trials.at(-1)?.id]);
    expect(run.trialsPlanned).toBe(trials.length);
  });
});
