import { describe, expect, it } from 'vitest';
import { type CapacityFound, plannedProbes, searchCapacity } from './search-capacity.ts';

const bounds = { fromPerSecond: 100, toPerSecond: 20_000, precision: 0.05 };

async function search(isWithin: (rate: number, n: number, purpose: string) => boolean, more = {}) {
  const probes: [number, string][] = [];
  const found: CapacityFound = await searchCapacity({
    ...bounds,
    goesOn: () => probes.length < 200,
    probe: async (rate, purpose) => {
      probes.push([rate, purpose]);
      return isWithin(rate, probes.length - 1, purpose);
    },
    ...more,
  });
  return { found, probes };
}

describe('the search for the highest rate', () => {
  it.each([137, 800, 3_210, 12_345])(
    'comes within its precision of the truth, %d/s, and confirms it last',
    async (truth) => {
      const { found, probes } = await search((rate) => rate <= truth);
      expect(found.ended).toBe('confirmed');
      expect(found.ratePerSecond).toBeLessThanOrEqual(truth);
      expect(found.ratePerSecond).toBeGreaterThan(truth / 1.06);
      expect(found.missedPerSecond).toBeGreaterThan(truth);
      expect(probes.at(-1)).toEqual([found.ratePerSecond, 'confirm']);
      // Each rate missed is played once more.
      expect(new Set(probes.map(([rate]) => rate)).size).toBeLessThanOrEqual(plannedProbes(bounds));
    },
  );

  it('is not ended by one bad trial', async () => {
    const { found } = await search((rate, n) => rate <= 3_000 && n % 4 !== 1);
    expect(found.ratePerSecond).toBeGreaterThan(3_000 / 1.06);
  });

  it('never ends on a rate that it did not confirm: a lucky hit is stepped down from', async () => {
    const { found, probes } = await search((rate, _n, purpose) => rate <= (purpose === 'confirm' ? 900 : 1_000));
    expect(found.ended).toBe('confirmed');
    expect(found.ratePerSecond).toBeLessThanOrEqual(900);
    expect(probes.at(-1)).toEqual([found.ratePerSecond, 'confirm']);
    const hopeless = await search((_rate, _n, purpose) => purpose === 'probe');
    expect(hopeless.found).toMatchObject({ ratePerSecond: null, ended: 'unconfirmed' });
    expect(hopeless.probes.filter(([, purpose]) => purpose === 'confirm')).toHaveLength(12);
  });

  it('says when the first rate is too much, and when the last is not', async () => {
    expect((await search(() => false)).found).toEqual({ ratePerSecond: null, ended: 'floor', missedPerSecond: 100 });
    expect((await search(() => true)).found).toEqual({
      ratePerSecond: 20_000,
      ended: 'ceiling',
      missedPerSecond: null,
    });
  });

  it('ends with nothing when it is interrupted', async () => {
    let asked = 0;
    const { found, probes } = await search(() => true, { goesOn: () => asked++ < 3 });
    expect(found).toMatchObject({ ratePerSecond: null, ended: 'interrupted' });
    expect(probes).toHaveLength(3);
  });
});
