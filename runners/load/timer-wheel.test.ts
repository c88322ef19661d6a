import { describe, expect, it } from 'vitest';
import { TimerWheel } from './timer-wheel.ts';

const tickUs = 4_000;

function fired(wheel: TimerWheel, nowUs: number): number[] {
  const slots: number[] = [];
  wheel.advance(nowUs, (slot) => void slots.push(slot));
  return slots.sort((a, b) => a - b);
}

describe('TimerWheel', () => {
  it('fires what is due, at most one tick late, and nothing early', () => {
    const wheel = new TimerWheel(4, tickUs, 0);
    wheel.set(0, 10_000);
    wheel.set(1, 50_000);
    expect(fired(wheel, 9_999)).toEqual([]);
    expect(fired(wheel, 10_000 + tickUs)).toEqual([0]);
    expect(fired(wheel, 49_999)).toEqual([]);
    expect(fired(wheel, 50_000 + tickUs)).toEqual([1]);
    expect(fired(wheel, 1e9)).toEqual([]);
  });

  it('fires nothing that was cleared, and a replaced timer once, at its new time', () => {
    const wheel = new TimerWheel(4, tickUs, 0);
    wheel.set(0, 10_000);
    wheel.set(1, 10_000);
    wheel.set(2, 10_000);
    wheel.clear(1);
    wheel.set(2, 90_000);
    expect(fired(wheel, 20_000)).toEqual([0]);
    expect(fired(wheel, 100_000)).toEqual([2]);
  });

  it('keeps timers longer than one turn of the wheel', () => {
    const wheel = new TimerWheel(1, tickUs, 0);
    wheel.set(0, 30e6);
    for (let nowUs = 0; nowUs < 30e6; nowUs += tickUs) expect(fired(wheel, nowUs)).toEqual([]);
    expect(fired(wheel, 30e6 + tickUs)).toEqual([0]);
  });

  it('fires a time that has already passed at the next tick', () => {
    const wheel = new TimerWheel(1, tickUs, 1e6);
    wheel.set(0, 5);
    expect(fired(wheel, 1e6 + 2 * tickUs)).toEqual([0]);
  });

  it('fires everything once after a stall of many turns', () => {
    const wheel = new TimerWheel(100, tickUs, 0);
    for (let slot = 0; slot < 100; slot++) wheel.set(slot, slot * 500_000);
    expect(fired(wheel, 100e6)).toHaveLength(100);
    expect(fired(wheel, 200e6)).toEqual([]);
  });

  it('lets a firing timer clear another one that is due in the same tick, and set its own again', () => {
    const wheel = new TimerWheel(2, tickUs, 0);
    wheel.set(0, 4_000);
    wheel.set(1, 4_000);
    const slots: number[] = [];
    wheel.advance(8_000, (slot) => {
      slots.push(slot);
      wheel.clear(1 - slot);
      wheel.set(slot, 40_000);
    });
    expect(slots).toHaveLength(1);
    expect(fired(wheel, 48_000)).toEqual(slots);
  });

  it('agrees with a plain list over a long random sequence', () => {
    let state = 9;
    const draw = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state % below;
    };
    const slots = 50;
    const wheel = new TimerWheel(slots, tickUs, 0);
    const due = new Map<number, number>();
    for (let nowUs = 0; nowUs < 40e6; nowUs += draw(3 * tickUs)) {
      const slot = draw(slots);
      if (draw(4) === 0) {
        wheel.clear(slot);
        due.delete(slot);
      } else {
        const dueUs = nowUs + draw(9e6);
        wheel.set(slot, dueUs);
        due.set(slot, dueUs);
      }
      for (const one of fired(wheel, nowUs)) {
        expect(due.get(one)).toBeLessThanOrEqual(nowUs);
        due.delete(one);
      }
      for (const dueUs of due.values()) expect(dueUs).toBeGreaterThan(nowUs - 2 * tickUs);
    }
  });
});
