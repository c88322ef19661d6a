import { describe, expect, it } from 'vitest';
import type { ArrivalSpec } from '../schedule/arrival-schedule.ts';
import { ArrivalCursor } from './arrival-cursor.ts';
import { LoadClock, LoadSignals } from './load-clock.ts';

const warmup = { warmupMs: 1_000, untilSteady: true };
const startUs = 5e6;

/** All workers' arrivals as [index, µs after the start]; the end of the warm-up is announced after `arrivals` of them. */
function play(arrivals: ArrivalSpec['arrivals'], workers: number, announce: { afterMs: number; endMs: number } | null) {
  const signals = new LoadSignals();
  const clocks = Array.from({ length: workers }, () => new LoadClock(startUs, warmup, signals));
  const spec = { arrivals, stages: [{ forMs: 2_000, fromPerSecond: 200, toPerSecond: 200 }], seed: 7 };
  const cursors = clocks.map((_, worker) => new ArrivalCursor(spec, warmup, worker, workers));
  const all: [number, number][] = [];
  for (let nowMs = 0; nowMs <= 2_500; nowMs++) {
    if (announce?.afterMs === nowMs) signals.endWarmup(announce.endMs);
    cursors.forEach((cursor, worker) => {
      for (;;) {
        const dueUs = cursor.dueUs(clocks[worker] as LoadClock);
        if (dueUs === null || dueUs > startUs + nowMs * 1e3) break;
        all.push([cursor.index, Math.round(dueUs - startUs)]);
        cursor.next();
      }
    });
  }
  return all.sort(([a], [b]) => a - b);
}
const measured = (all: readonly [number, number][], endMs: number) =>
  all.filter(([, us]) => us >= endMs * 1e3).map(([index, us]) => [index, us - endMs * 1e3]);

describe('ArrivalCursor', () => {
  describe.each(['constant', 'poisson'] as const)('%s arrivals', (arrivals) => {
    it.each([1, 3])('plays the same measured part however early the warm-up ends (%i workers)', (workers) => {
      const planned = measured(play(arrivals, workers, null), 1_000);
      const early = measured(play(arrivals, workers, { afterMs: 300, endMs: 500 }), 500);
      expect(planned.length).toBeGreaterThan(150);
      expect(early).toEqual(planned);
    });

    it('goes on with the warm-up until the announced end, then leaves the rest of it out', () => {
      const whole = play(arrivals, 2, null);
      const early = play(arrivals, 2, { afterMs: 300, endMs: 500 });
      const before = ([, us]: [number, number]) => us < 500e3;
      expect(early.filter(before)).toEqual(whole.filter(before));
      expect(early.length).toBeLessThan(whole.length - 50);
    });
  });
});

describe('LoadClock', () => {
  it('maps what comes after an early end to the measured part, and back', () => {
    const signals = new LoadSignals();
    const clock = new LoadClock(startUs, warmup, signals);
    expect(clock.offsetUs(startUs + 600e3)).toBe(600e3);
    signals.endWarmup(500);
    expect([clock.offsetUs(startUs + 400e3), clock.offsetUs(startUs + 600e3)]).toEqual([400e3, 1_100e3]);
    expect(clock.timeUs(1_100e3)).toBe(startUs + 600e3);
    expect([clock.isDecided, clock.warmupEndUs, clock.skippedUs]).toEqual([true, 500e3, 500e3]);
  });

  it('takes no notice of signals when the warm-up is planned', () => {
    const signals = new LoadSignals();
    signals.endWarmup(500);
    const clock = new LoadClock(startUs, { ...warmup, untilSteady: false }, signals);
    expect([clock.isDecided, clock.skippedUs, clock.offsetUs(startUs + 600e3)]).toEqual([true, 0, 600e3]);
  });
});
