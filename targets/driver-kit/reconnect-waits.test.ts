import { expect, it } from 'vitest';
import { ReconnectWaits } from './reconnect-waits.ts';

function waits(policy?: ConstructorParameters<typeof ReconnectWaits>[0]) {
  const found = new ReconnectWaits(policy);
  return Array.from({ length: 7 }, () => found.next());
}

it('waits longer from try to try, but never long', () => {
  expect(waits()).toEqual([50, 100, 200, 400, 800, 1_000, 1_000]);
  expect(waits({ baseMs: 3_000, capMs: 5_000, jitter: 'none' })).toEqual([3_000, ...Array(6).fill(5_000)]);
});

it('spreads the waits below what they would be', () => {
  const spread = waits({ baseMs: 50, capMs: 1_000, jitter: 'full' });
  for (const [n, most] of [50, 100, 200, 400, 800, 1_000, 1_000].entries()) {
    expect(spread[n]).toBeGreaterThanOrEqual(0);
    expect(spread[n]).toBeLessThan(most);
  }
  expect(new Set(spread).size).toBeGreaterThan(1);
});

it('begins anew once a connection has worked', () => {
  const found = new ReconnectWaits();
  found.next();
  found.next();
  found.reset();
  expect(found.next()).toBe(50);
});
