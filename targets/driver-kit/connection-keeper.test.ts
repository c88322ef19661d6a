import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConnectionKeeper, connectionShare } from './connection-keeper.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  [10, 1, [10]],
  [10, 4, [3, 3, 2, 2]],
  [2, 3, [1, 1, 1]],
])('%i connections are shared among %i workers as %j', (connections, workers, shares) => {
  expect(shares.map((_, worker) => connectionShare(connections, worker, workers))).toEqual(shares);
});

it('connects anew at once, then after the waits of its policy, and at once again when a connection has worked', async () => {
  let tries = 0;
  const keeper = new ConnectionKeeper({
    count: 1,
    peer: 'The service',
    reconnect: { baseMs: 200, capMs: 400, jitter: 'none' },
    connect: (index) => {
      tries++;
      return { index, close: async () => undefined };
    },
  });
  const opening = keeper.open(new AbortController().signal);
  keeper.opened(0);
  keeper.ready();
  await opening;
  /** How long after a loss the next try is made. */
  const waitAfterLoss = () => {
    const before = tries;
    keeper.lost(0, 'connection closed', null);
    let waitedMs = 0;
    for (vi.advanceTimersByTime(0); tries === before; waitedMs += 50) vi.advanceTimersByTime(50);
    return waitedMs;
  };
  const times = [0, 1, 2, 3];
  expect(times.map(waitAfterLoss)).toEqual([0, 200, 400, 400]);
  keeper.worked(0);
  expect(times.map(waitAfterLoss)).toEqual([0, 200, 400, 400]);
  await keeper.close();
});
