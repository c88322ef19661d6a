import { describe, expect, it } from 'vitest';
import type { FaultWindow, Scenario } from '../../scenarios/scenario.ts';
import { drawMoments } from './draw-moments.ts';

const kill = { fault: 'kill', part: 'broker', atMs: 2_000, forMs: 500 } as const;
const scenarioWith = (seed: number, ...windows: FaultWindow[]) =>
  ({ conditions: { calm: [], killed: windows }, workload: { seed } }) as unknown as Scenario;

describe('moments that are drawn', () => {
  it('differ by repeat and seed, are the same again, and stay within', () => {
    const moments = (seed: number) =>
      Array.from(
        { length: 50 },
        (_, n) => drawMoments(scenarioWith(seed, { ...kill, withinMs: 3_000 }), n + 1).killed?.[0],
      );
    const times = moments(7).map((window) => window?.atMs ?? Number.NaN);
    expect(moments(7)).toEqual(moments(7));
    expect(moments(8)).not.toEqual(moments(7));
    expect(new Set(times).size).toBeGreaterThan(45);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(5_000);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(2_500);
    expect(moments(7)[0]).toEqual({ ...kill, atMs: times[0] });
  });

  it('leave alone what has its time', () => {
    expect(drawMoments(scenarioWith(7, kill), 3)).toEqual({ calm: [], killed: [kill] });
  });
});
