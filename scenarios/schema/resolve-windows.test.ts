import { describe, expect, it } from 'vitest';
import { resolveWindows } from './resolve-windows.ts';

const ms = (value: number) => ({ ms: value });
const share = (value: number) => ({ share: value });
const down = { fault: 'down', link: 'client' } as const;

describe('resolveWindows', () => {
  it('turns shares of the load into milliseconds', () => {
    expect(resolveWindows({ ...down, at: share(0.25), for: share(0.5) }, 8_000)).toEqual([
      { ...down, atMs: 2_000, forMs: 4_000 },
    ]);
  });

  it('repeats a window as long as a whole one fits into the load', () => {
    const windows = resolveWindows({ ...down, at: ms(1_000), for: ms(500), every: ms(2_000) }, 7_500);
    expect(windows.map(({ atMs, forMs }) => [atMs, forMs])).toEqual([
      [1_000, 500],
      [3_000, 500],
      [5_000, 500],
      [7_000, 500],
    ]);
    expect(resolveWindows({ ...down, at: ms(1_000), for: ms(500), every: share(0.25) }, 7_499)).toHaveLength(4);
    expect(resolveWindows({ ...down, at: ms(1_000), for: ms(500), every: ms(2_000) }, 7_499)).toHaveLength(3);
  });

  it('keeps a window within the load that rounding took a hair beyond it', () => {
    const [window] = resolveWindows({ ...down, at: share(0.333), for: share(0.667) }, 1_001);
    expect((window?.atMs ?? 0) + (window?.forMs ?? 0)).toBeLessThanOrEqual(1_001);
  });

  it('gives every setting the unit that its name says', () => {
    const at = { at: ms(0), for: ms(10) };
    const [slicer] = resolveWindows(
      { ...at, fault: 'slicer', link: 'both', direction: 'up', size: 64, variation: 8, delay: 0.5 },
      100,
    );
    expect(slicer).toMatchObject({ sizeBytes: 64, variationBytes: 8, delayMs: 0.5, link: 'both', direction: 'up' });
    const [slow] = resolveWindows({ ...at, fault: 'slow-service', workTime: 40 }, 100);
    expect(slow).toEqual({ fault: 'slow-service', workTimeMs: 40, atMs: 0, forMs: 10 });
  });
});
