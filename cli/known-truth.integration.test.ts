/** Times that are known, in figures: they want the cores for themselves. */
import { describe, expect, it } from 'vitest';
import type { PhaseResult } from '../result/result-types.ts';
import { directTargets, getOf, playTruth } from './known-truth-rig.ts';

describe('a service that works 25 ms', () => {
  it('shows 25 ms in response and service time on every protocol, and as much less in what is handed over', async () => {
    for (const { phases, target } of await playTruth('workTime: 25ms', 'calm: []', directTargets)) {
      const { latencyUs } = getOf(phases.steady);
      expect(latencyUs.service.min, target).toBeGreaterThanOrEqual(24_500);
      expect(latencyUs.service.p50, target).toBeLessThan(40_000);
      expect(latencyUs.response.p50 ?? 0, target).toBeGreaterThanOrEqual(latencyUs.service.min ?? 0);
      expect(phases.steady?.operations.placeOrder?.latencyUs.acknowledged.p50, target).toBeLessThan(24_500);
    }
  });
});

describe('latency of 40 ms on the client link', () => {
  it('shifts the p50 of request–reply while it is in force, by what was injected, and not before or after', async () => {
    const condition = 'slow: [ { at: 33%, for: 34%, fault: latency, latency: 40ms } ]';
    const all = `${directTargets}, queue: { protocol: queue }, stream: { protocol: stream }`;
    const highestShiftUs: Record<string, number> = { queue: 70_000, stream: 130_000 };
    for (const { phases, faults, target } of await playTruth(
      'workTime: 0ms',
      condition,
      all,
      'model: open, rate: 200/s',
      'warmup: 1s, duration: 4s',
    )) {
      const p50Us = (name: 'before' | 'during' | 'after') => getOf(phases[name]).latencyUs.offered.p50 ?? Number.NaN;
      const shiftUs = p50Us('during') - p50Us('before');
      expect(shiftUs, target).toBeGreaterThan(34_000);
      expect(shiftUs, target).toBeLessThan(highestShiftUs[target] ?? 55_000);
      expect(Math.abs(p50Us('after') - p50Us('before')), target).toBeLessThan(30_000);
      expect(faults, target).toHaveLength(1);
      expect(faults[0]?.proof, target).not.toBeNull();
      expect(faults[0]?.removedAtMs ?? 0, target).toBeGreaterThan(faults[0]?.appliedAtMs ?? 0);
    }
  });
});

describe('a link that is down', () => {
  it('holds up or fails what is offered while it is down, and only that; nothing acknowledged is lost', async () => {
    const condition = 'cut: [ { at: 33%, for: 33%, fault: down } ]';
    for (const { phases, ledger, faults, target } of await playTruth('workTime: 0ms', condition, directTargets)) {
      const share = (phase: PhaseResult | undefined) => (phase?.counts.ok ?? 0) / (phase?.counts.offered ?? 1);
      expect(share(phases.before), target).toBeGreaterThan(0.95);
      // What does not fail waits for the link to come back, two thirds of a second at most: half of them for a third.
      const p50Us = phases.during?.latencyUs.offered.p50 ?? Number.POSITIVE_INFINITY;
      expect(p50Us, target).toBeGreaterThan(150_000);
      expect(ledger.lost, target).toBe(0);
      expect(faults[0]?.proof, target).not.toBeNull();
    }
  });
});
