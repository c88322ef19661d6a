import { expect, it } from 'vitest';
import { type Call, type Outcome, outcomes } from '../../targets/driver.ts';
import { NotableOperations, notableOf } from './notable-operations.ts';

const call = (operation: number, id: string) => ({ operation, id }) as Call;

function recorded(add: (ended: (id: string, responseUs: number, outcome?: Outcome, reason?: string) => void) => void) {
  const notable = new NotableOperations(1);
  add((id, responseUs, outcome = outcomes.ok, reason = '') => {
    notable.ended(call(id.startsWith('b') ? 1 : 0, id), id.startsWith('w') ? 0 : 1, 5_000, responseUs, outcome, reason);
  });
  return notable.toData();
}

const read = (...workers: ReturnType<typeof recorded>[]) =>
  notableOf({
    workers,
    operations: ['read', 'buy'],
    phases: ['warmup', 'steady'],
    loadMs: (offsetUs) => offsetUs / 1e3 - 2,
    traceIdOf: (id) => `trace-${id}`,
  });
const idsOf = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id);

it('the five slowest of each operation are told, over all workers, those of the warm-up apart', () => {
  const one = recorded((ended) => {
    for (let n = 0; n < 20; n++) ended(`a${n}`, (n * 7) % 20);
    ended('b0', 1);
    ended('w0', 1_000);
  });
  const other = recorded((ended) => ended('a20', 17.5));
  expect(idsOf(read(one, other).slowest)).toEqual(['a17', 'a14', 'a20', 'a11', 'a8', 'b0']);
});

it('the first three of each failure are told, as they were', () => {
  const data = recorded((ended) => {
    for (let n = 0; n < 5; n++) ended(`a${n}`, 100 + n, outcomes.failed, 'status 503');
    ended('a9', 2_000_000, outcomes.timedOut, 'timeout');
    ended('b1', 3, outcomes.failed, 'status 503');
  });
  const { failed, slowest } = read(data);
  expect(idsOf(failed)).toEqual(['a0', 'a1', 'a2', 'a9', 'b1']);
  expect(failed[3]).toEqual({
    ...{ operation: 'read', id: 'a9', traceId: 'trace-a9', phase: 'steady', atMs: 3, afterUs: 2_000_000 },
    ...{ outcome: 'timedOut', reason: 'timeout' },
  });
  expect(slowest).toEqual([]);
});

it('however many reasons there are, few are kept', () => {
  const data = recorded((ended) => {
    for (let n = 0; n < 10_000; n++) ended(`a${n}`, n, outcomes.failed, `nonsense ${n}`);
  });
  expect(data.failed.length).toBeLessThan(100);
});
