import { describe, expect, it } from 'vitest';
import type { FaultWindow } from '../../scenarios/scenario.ts';
import { asPlayed, duringUntil, PhaseLookup, phaseWindows } from './phase-windows.ts';

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

it('takes a load that was cut short for as long as it was', () => {
  const lengths = (loadedUntilMs: number) =>
    Object.fromEntries(
      asPlayed(planned, 800_000, loadedUntilMs * 1e3).map(({ name, startUs, endUs }) => [
        name,
        (endUs - startUs) / 1e3,
      ]),
    );
  const drain = Number.POSITIVE_INFINITY;
  expect(lengths(2_000)).toEqual({ warmup: 800, before: 100, during: 50, after: 850, drain });
  expect(lengths(1_120)).toEqual({ warmup: 800, before: 100, during: 20, after: 0, drain });
  expect(lengths(500)).toEqual({ warmup: 500, before: 0, during: 0, after: 0, drain });
});
