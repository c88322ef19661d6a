import { describe, expect, it } from 'vitest';
import { outcomes } from '../../targets/driver.ts';
import { Timeline } from './timeline.ts';

/** The first interval with so many ok operations of 1 ms. */
function firstOf(ok: number) {
  const timeline = new Timeline(250);
  for (let n = 0; n < ok; n++) timeline.record(0, outcomes.ok, 1_000);
  return timeline.points(0)[0];
}

describe('percentiles of an interval', () => {
  it.each([
    [19, [false, false, false]],
    [20, [true, false, false]],
    [99, [true, false, false]],
    [100, [true, true, false]],
    [999, [true, true, false]],
    [1_000, [true, true, true]],
  ])('of %d operations are known where ten lie beyond', (ok, known) => {
    const point = firstOf(ok);
    expect([point?.p50Us, point?.p90Us, point?.p99Us].map((us) => typeof us === 'number')).toEqual(known);
  });

  it('are null where nothing was ok, which no chart draws a line through', () => {
    const timeline = new Timeline(250);
    timeline.record(0, outcomes.failed, 1_000);
    expect(timeline.points(0)).toEqual([
      { atMs: 0, offered: 1, ok: 0, failed: 1, timedOut: 0, p50Us: null, p90Us: null, p99Us: null },
    ]);
  });
});
