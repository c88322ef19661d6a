import { describe, expect, it } from 'vitest';
import { recoveryOf } from './recovery.ts';
import type { FaultResult, TimelinePoint } from './result-types.ts';

const fault = (appliedAtMs: number | null, removedAtMs: number | null): FaultResult => ({
  fault: 'down',
  link: 'client',
  plannedAtMs: 0,
  plannedForMs: 0,
  appliedAtMs,
  removedAtMs,
  settings: {},
  expected: '',
  proof: { probe: 'refused' },
});

/** Intervals of 250 ms from the end of warm-up; p99 in ms, null: nothing was ok. */
function timeline(...p99Ms: (number | null)[]): TimelinePoint[] {
  return p99Ms.map((ms, n) => {
    const ok = ms === null ? 0 : 100;
    return {
      atMs: n * 250,
      offered: 100,
      ok,
      failed: 100 - ok,
      timedOut: 0,
      p50Us: null,
      p99Us: ms === null ? null : ms * 1e3,
    };
  });
}

describe('recoveryOf', () => {
  const before = [10, 12, 9, 11];
  const faults = [fault(1_000, 1_500)];

  it('finds the first operation that was ok, and the first second that is like before', () => {
    const points = timeline(...before, null, null, null, 500, 90, 20, 24, 10, 10, 10);
    expect(recoveryOf({ faults, timeline: points })).toEqual({
      overAtMs: 1_500,
      firstOkAfterMs: 250, // those from 1,750 ms on
      recoveredAfterMs: 750, // 20, 24, 10, 10: none above twice the 12 of before
    });
  });

  it('does not take a lull of less than a second for a recovery, nor the end of the load', () => {
    const points = timeline(...before, null, null, 10, 10, 10, 500, 10, 10, 10);
    expect(recoveryOf({ faults, timeline: points })).toMatchObject({ firstOkAfterMs: 0, recoveredAfterMs: null });
  });

  it('counts from the last of several faults', () => {
    const two = [fault(1_000, 2_000), fault(1_200, 1_500)];
    const points = timeline(...before, null, null, null, null, 10, 10, 10, 10);
    expect(recoveryOf({ faults: two, timeline: points })).toEqual({
      overAtMs: 2_000,
      firstOkAfterMs: 0,
      recoveredAfterMs: 0,
    });
  });

  it('says nothing without a fault, or with one that never ended', () => {
    const points = timeline(...before, 10, 10, 10, 10);
    expect(recoveryOf({ faults: [], timeline: points })).toBeNull();
    expect(recoveryOf({ faults: [fault(1_000, null)], timeline: points })).toBeNull();
  });
});
