import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

const ms = 1e3;
const settings = { failureRatio: 0.5, windowMs: 1_000, minimumOperations: 4, openForMs: 2_000, probes: 2 };

/** A breaker and a clock, both at 100 s. */
function setUp(more: Partial<typeof settings> = {}) {
  const breaker = new CircuitBreaker({ ...settings, ...more });
  const clock = { nowUs: 100_000 * ms };
  const attempt = (isFailure: boolean): boolean => {
    if (!breaker.admits(clock.nowUs)) return false;
    breaker.ended(breaker.began(), isFailure, clock.nowUs);
    return true;
  };
  return { breaker, clock, attempt, states: () => breaker.changes.map(({ state }) => state) };
}

describe('CircuitBreaker', () => {
  it('opens when enough attempts were made and enough of them failed', () => {
    const { breaker, attempt } = setUp();
    for (const isFailure of [true, true, false]) attempt(isFailure);
    expect(breaker.state).toBe('closed');
    expect(attempt(true)).toBe(true);
    expect(breaker.state).toBe('open');
    expect(attempt(true)).toBe(false);
  });

  it('stays closed below the ratio', () => {
    const { breaker, attempt } = setUp();
    for (let round = 0; round < 100; round++) for (const isFailure of [false, true, false]) attempt(isFailure);
    expect(breaker.state).toBe('closed');
  });

  it('forgets what is older than its window', () => {
    const { breaker, clock, attempt } = setUp();
    for (let failure = 0; failure < 3; failure++) attempt(true);
    clock.nowUs += 1_001 * ms;
    attempt(true);
    expect(breaker.state).toBe('closed');
    clock.nowUs += 60_000 * ms;
    for (let failure = 0; failure < 3; failure++) attempt(true);
    expect(breaker.state).toBe('closed');
    attempt(true);
    expect(breaker.state).toBe('open');
  });

  it('counts what is within its window, wherever that begins', () => {
    for (let offset = 0; offset < 1_000; offset += 37) {
      const { breaker, clock, attempt } = setUp();
      clock.nowUs += offset * ms;
      for (let failure = 0; failure < 4; failure++) {
        attempt(true);
        clock.nowUs += 290 * ms; // the last comes after 870 ms
      }
      expect(breaker.state, `${offset} ms`).toBe('open');
    }
  });

  it('makes so many probes when it was open long enough, and closes when all ended well', () => {
    const { breaker, clock, attempt, states } = setUp();
    for (let failure = 0; failure < 4; failure++) attempt(true);
    clock.nowUs += 1_999 * ms;
    expect(attempt(false)).toBe(false);
    clock.nowUs += 1 * ms;
    const probes = [1, 2].map(() => {
      expect(breaker.admits(clock.nowUs)).toBe(true);
      return breaker.began();
    });
    expect(breaker.admits(clock.nowUs)).toBe(false);
    for (const probe of probes) breaker.ended(probe, false, clock.nowUs);
    expect(states()).toEqual(['open', 'halfOpen', 'closed']);
    for (let failure = 0; failure < 3; failure++) attempt(true); // it begins to count anew
    expect(breaker.state).toBe('closed');
  });

  it('opens again for as long with the first probe that fails', () => {
    const { breaker, clock, attempt, states } = setUp();
    for (let failure = 0; failure < 4; failure++) attempt(true);
    clock.nowUs += 2_000 * ms;
    attempt(false);
    attempt(true);
    expect(states()).toEqual(['open', 'halfOpen', 'open']);
    clock.nowUs += 1_999 * ms;
    expect(breaker.admits(clock.nowUs)).toBe(false);
    clock.nowUs += 1 * ms;
    expect(breaker.admits(clock.nowUs)).toBe(true);
  });

  it('learns nothing from attempts that began before its last change', () => {
    const { breaker, clock, attempt } = setUp();
    const early = Array.from({ length: 10 }, () => breaker.began());
    for (let failure = 0; failure < 4; failure++) attempt(true);
    clock.nowUs += 2_000 * ms;
    expect(breaker.admits(clock.nowUs)).toBe(true);
    for (const epoch of early) breaker.ended(epoch, false, clock.nowUs);
    expect(breaker.state).toBe('halfOpen');
    for (let probe = 0; probe < 2; probe++) attempt(false);
    expect(breaker.state).toBe('closed');
  });
});
