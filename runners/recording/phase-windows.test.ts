import { describe, expect, it } from 'vitest';
import type { FaultWindow } from '../../scenarios/scenario.ts';
import { duringUntil, PhaseLookup, phaseWindows } from './phase-windows.ts';

const kill = { fault: 'kill', part: 'broker', atMs: 100, forMs: 50 } as FaultWindow;
/** Warm-up 0–1,000 ms, before –1,100, during –1,150 as planned, after –2,000. */
const planned = phaseWindows(1_000, 1_000, [kill]);
const nameAt = (lookup: PhaseLookup, ms: number) => planned[lookup.at(ms * 1e3)]?.name;

describe('phases of a trial in which a part is killed', () => {
  it('have no after while it is not ready, and the real one once it is', () => {
    let readyMs = 0;
    const lookup = new PhaseLookup(planned, () => readyMs);
    expect([500, 1_050, 1_120, 1_700, 2_000].map((ms) => nameAt(lookup, ms))).toEqual([
      ...['warmup', 'before', 'during', 'during', 'drain'],
    ]);
    readyMs = 1_600;
    expect([1_050, 1_599, 1_600, 2_000].map((ms) => nameAt(lookup, ms))).toEqual([
      'before',
      'during',
      'after',
      'drain',
    ]);
  });

  it('end as planned where nothing else is announced', () => {
    const lookup = new PhaseLookup(planned);
    expect([1_149, 1_150].map((ms) => nameAt(lookup, ms))).toEqual(['during', 'after']);
  });

  it('keep within the load, however long it takes', () => {
    const lengths = duringUntil(planned, Number.POSITIVE_INFINITY).map(({ name, startUs, endUs }) => [
      name,
      endUs - startUs,
    ]);
    expect(Object.fromEntries(lengths)).toMatchObject({ before: 100_000, during: 900_000, after: 0 });
  });
});
