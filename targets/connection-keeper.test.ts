import { expect, it } from 'vitest';
import { connectionShare, nextReconnectMs } from './connection-keeper.ts';

it.each([
  [10, 1, [10]],
  [10, 4, [3, 3, 2, 2]],
  [2, 3, [1, 1, 1]],
])('%i connections are shared among %i workers as %j', (connections, workers, shares) => {
  expect(shares.map((_, worker) => connectionShare(connections, worker, workers))).toEqual(shares);
});

it('waits longer from try to try, but never long', () => {
  const waits = [0];
  for (let n = 0; n < 7; n++) waits.push(nextReconnectMs(waits.at(-1) ?? 0));
  expect(waits).toEqual([0, 50, 100, 200, 400, 800, 1_000, 1_000]);
});
