/** Faults that begin at a moment nobody chose: drawn by the seed, anew in each repeat, the same for every target. */
import type { FaultWindow, Scenario } from '../../scenarios/scenario.ts';
import { randomStreams, uniform } from '../schedule/seeded-random.ts';

/** Windows of a condition are far fewer. */
const mostWindows = 1 << 16;

/** The conditions as repeat `repeat` plays them. */
export function drawMoments({ conditions, workload }: Scenario, repeat: number): Scenario['conditions'] {
  const draw = (window: FaultWindow, index: number): FaultWindow => {
    const { withinMs } = window;
    if (withinMs === undefined) return window;
    const { withinMs: _, ...settled } = window;
    const share = uniform(workload.seed, randomStreams.fault, repeat * mostWindows + index);
    return { ...settled, atMs: window.atMs + Math.round(share * withinMs) } as FaultWindow;
  };
  return Object.fromEntries(Object.entries(conditions).map(([name, windows]) => [name, windows.map(draw)]));
}
