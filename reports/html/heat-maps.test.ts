import { describe, expect, it } from 'vitest';
import type { SettingValue } from '../../result/result-types.ts';
import type { VariantPoint, VariantSet } from '../figures/variant-figures.ts';
import { heatMap, htmlHeatMap } from './heat-maps.ts';

function setOf(points: readonly [Record<string, SettingValue>, number | null, VariantPoint['status']?][]): VariantSet {
  return {
    target: 'rest',
    phase: 'steady',
    percentile: 'p99',
    points: points.map(([variant, cpu, status = 'valid']) => ({
      settings: JSON.stringify(variant),
      variant,
      status,
      figures: { latency: 1, goodput: 1, cpu, bytes: 1 },
    })),
  };
}

const grid = setOf([
  [{ batch: 8, codec: 'gzip' }, 300],
  [{ batch: 8, codec: 'none' }, 200],
  [{ batch: 16, codec: 'none' }, 100, 'suspect'],
  [{ batch: 1, codec: 'none' }, 800],
]);

describe('a heat map', () => {
  it('sets the setting with the most values against the next, in their order, with gaps where there is no variant', () => {
    const map = heatMap(grid, 'cpu');
    expect(map?.rows).toEqual({ setting: 'batch', values: [1, 8, 16] });
    expect(map?.columns).toEqual({ setting: 'codec', values: ['gzip', 'none'] });
    expect(map?.cells.map((row) => row.map((one) => one?.figures.cpu ?? null))).toEqual([
      [null, 800],
      [300, 200],
      [null, 100],
    ]);
    expect(map?.others).toEqual([]);
  });

  it('shows the best over the settings beyond the two, and says so', () => {
    const more = setOf([
      [{ batch: 1, codec: 'none', linger: '0ms' }, 5],
      [{ batch: 1, codec: 'none', linger: '9ms' }, 3],
      [{ batch: 2, codec: 'gzip', linger: '9ms' }, null],
      [{ batch: 3, codec: 'gzip', linger: '9ms' }, 7],
    ]);
    const map = heatMap(more, 'cpu');
    expect(map?.cells[0]?.[1]?.figures.cpu).toBe(3);
    expect(map?.others).toEqual(['linger']);
    expect(map === null ? '' : htmlHeatMap(more, map)).toContain('each the best over linger');
  });

  it('has nothing of invalid trials, and of doubtful ones only where there is no other', () => {
    const doubted = setOf([
      [{ batch: 1, codec: 'none', linger: '0ms' }, 9],
      [{ batch: 1, codec: 'none', linger: '9ms' }, 3, 'suspect'],
      [{ batch: 2, codec: 'gzip', linger: '0ms' }, 7, 'suspect'],
      [{ batch: 2, codec: 'none', linger: '0ms' }, 1, 'invalid'],
    ]);
    expect(heatMap(doubted, 'cpu')?.cells.map((row) => row.map((one) => one?.figures.cpu ?? null))).toEqual([
      [null, 9],
      [7, null],
    ]);
  });

  it('needs two settings', () => {
    expect(
      heatMap(
        setOf([
          [{ batch: 1 }, 1],
          [{ batch: 2 }, 2],
        ]),
        'cpu',
      ),
    ).toBeNull();
  });

  it('prints every number, shades the best least, and marks what is doubtful', () => {
    const map = heatMap(grid, 'cpu');
    const html = map === null ? '' : htmlHeatMap(grid, map);
    expect(html).toContain('<td class="heat0">100 µs ▲</td>');
    expect(html).toContain('<td class="heat6">800 µs</td>');
    expect(html).toContain('<td class="none">–</td>');
  });
});
