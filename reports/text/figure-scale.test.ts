import { describe, expect, it } from 'vitest';
import { figureScale } from './figure-scale.ts';

describe('figureScale', () => {
  it.each([
    ['near nothing', [1, 4, 9], 1],
    ['far from nothing', [1_000, 1_010, 1_020], 1],
    ['one value', [42], 1],
    ['nothing at all', [0, 0], 1],
    ['bytes', [1_630, 3_480], 1_024],
    ['several orders of magnitude', [80, 900, 90_000], 1],
  ])('has room for all, in their order, between rising ticks: %s', (_, values, unit) => {
    const { ticks, place } = figureScale(values, unit);
    expect(ticks.length).toBeGreaterThan(1);
    expect([...ticks].sort((a, b) => a - b)).toEqual(ticks);
    const places = [...values].sort((a, b) => a - b).map(place);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    for (const at of [...places, ...ticks.map(place)]) {
      expect(at).toBeGreaterThanOrEqual(-1e-9);
      expect(at).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('begins at nothing where the values do not lie far from it, with round ticks', () => {
    expect(figureScale([3, 9]).ticks).toEqual([0, 5, 10]);
    expect(figureScale([1_630, 3_480], 1_024).ticks).toEqual([0, 1_024, 2_048, 3_072, 4_096]);
  });

  it('is logarithmic where the values are far apart: equal ratios, equal distances', () => {
    const { place } = figureScale([1, 1_000]);
    expect(place(10) - place(1)).toBeCloseTo(place(1_000) - place(100), 9);
  });
});
