import { expect, it } from 'vitest';
import type { CommitPosition } from '../driver-kit/watermark-offsets.ts';
import { until } from '../process/until.ts';
import { CommitFirst } from './commit-first.ts';

interface Commit {
  readonly positions: readonly CommitPosition[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function rig() {
  const commits: Commit[] = [];
  const handled: bigint[] = [];
  const first = new CommitFirst<ReturnType<typeof record>>({
    commit: (positions) => new Promise((resolve, reject) => void commits.push({ positions, resolve, reject })),
    handle: ({ offset }) => handled.push(offset),
  });
  return { commits, handled, first };
}

const record = (partition: number, offset: bigint) => ({ partition, offset, leaderEpoch: 0 });
const offsetsOf = (commit: Commit | undefined) => commit?.positions.map(({ partition, offset }) => [partition, offset]);

it('handles a record only after its offset is committed; what gathers meanwhile shares the next commit', async () => {
  const { commits, handled, first } = rig();
  first.take(record(0, 4n));
  first.take(record(1, 7n));
  first.take(record(0, 5n));
  await until('the first commit', () => commits.length === 1);
  first.take(record(0, 6n));
  expect(offsetsOf(commits[0])).toEqual([
    [0, 6n],
    [1, 8n],
  ]);
  expect(handled).toEqual([]);
  commits[0]?.resolve();
  await until('the second commit', () => commits.length === 2);
  expect(handled).toEqual([4n, 7n, 5n]);
  expect(offsetsOf(commits[1])).toEqual([[0, 7n]]);
  commits[1]?.resolve();
  await until('all are handled', () => handled.length === 4);
});

it('tries a commit that failed again before any later one', async () => {
  const { commits, handled, first } = rig();
  first.take(record(0, 1n));
  await until('the commit', () => commits.length === 1);
  first.take(record(0, 2n));
  commits[0]?.reject(new Error('timed out'));
  await until('the same again', () => commits.length === 2);
  expect(offsetsOf(commits[1])).toEqual([[0, 2n]]);
  expect(handled).toEqual([]);
  commits[1]?.resolve();
  await until('it is handled', () => handled.length === 1);
});

it('handles nothing of a consumer that was replaced, and goes on with the next', async () => {
  const { commits, handled, first } = rig();
  first.take(record(0, 1n));
  await until('the commit', () => commits.length === 1);
  first.clear();
  commits[0]?.resolve();
  first.take(record(0, 1n));
  await until('the commit of the new consumer', () => commits.length === 2);
  expect(handled).toEqual([]);
  commits[1]?.resolve();
  await until('it is handled once', () => handled.length === 1);
});
