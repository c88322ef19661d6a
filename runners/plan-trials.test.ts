import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../scenarios/scenario.ts';
import { requireScenario } from '../scenarios/schema/load-scenario.ts';
import { selectTargets } from '../scenarios/select-trials.ts';
import { planTrials } from './plan-trials.ts';

const whole = requireScenario(join(import.meta.dirname, '..', 'scenarios', 'order-flow.yaml'), { env: {} }).scenario;
const { scenario } = selectTargets(whole, []);
const withSeed = (seed: number, repeats: number): Scenario => ({
  ...scenario,
  repeats,
  workload: { ...scenario.workload, seed },
});
const ids = (given: Scenario) => planTrials(given).map(({ id }) => id);

describe('planTrials', () => {
  it('has every target in every condition once a repeat, repeat after repeat', () => {
    const trials = planTrials(withSeed(1, 3));
    expect(trials).toHaveLength(30);
    expect(new Set(trials.map(({ id }) => id)).size).toBe(30);
    expect(trials.map(({ repeat }) => repeat)).toEqual([1, 2, 3].flatMap((repeat) => Array<number>(10).fill(repeat)));
    for (const repeat of [1, 2, 3]) {
      const pairs = trials
        .filter((trial) => trial.repeat === repeat)
        .map(({ target, condition }) => `${target} ${condition}`);
      expect(new Set(pairs).size).toBe(10);
    }
    expect(trials[0]).toMatchObject({ variant: {}, id: expect.stringMatching(/^[a-z]+-[a-z-]+-1$/) });
  });

  it('leaves out what a target sits out, since it lacks what a fault acts on', () => {
    const killed = { fault: 'kill', part: 'broker', atMs: 0, forMs: 1 } as const;
    const trials = planTrials({ ...withSeed(1, 2), conditions: { calm: [], 'broker-gone': [killed] } });
    const played = (condition: string) =>
      [...new Set(trials.filter((one) => one.condition === condition).map(({ target }) => target))].toSorted();
    expect(played('broker-gone')).toEqual(['queue', 'stream']);
    expect(played('calm')).toEqual(Object.keys(scenario.targets).toSorted());
  });

  it('has the same order for the same seed, another one for another seed and in another repeat', () => {
    expect(ids(withSeed(5, 2))).toEqual(ids(withSeed(5, 2)));
    expect(ids(withSeed(5, 2))).not.toEqual(ids(withSeed(6, 2)));
    const order = ids(withSeed(5, 2)).map((id) => id.slice(0, -2));
    expect(order.slice(0, 10)).not.toEqual(order.slice(10));
  });

  it('puts every trial first about as often', () => {
    const firsts = new Map<string, number>();
    for (let seed = 0; seed < 2_000; seed++) {
      const [first = ''] = ids(withSeed(seed, 1));
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    expect(firsts.size).toBe(10);
    for (const count of firsts.values()) expect(count).toBeGreaterThan(130); // 200 expected, deviation 13
  });

  it('plans the main job well below the time it may take', () => {
    const totalMs = planTrials(scenario).reduce((sum, { plannedMs }) => sum + plannedMs, 0);
    expect(totalMs).toBeGreaterThanOrEqual(30 * 12_000);
    expect(totalMs).toBeLessThanOrEqual(8 * 60_000);
  });
});
