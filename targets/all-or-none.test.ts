import { expect, it } from 'vitest';
import { allOrNone } from './all-or-none.ts';

it('has all in their order, and closes none of them', async () => {
  const closed: string[] = [];
  const opened = await allOrNone([Promise.resolve('a'), Promise.resolve('b')], async (one) => closed.push(one));
  expect(opened).toEqual(['a', 'b']);
  expect(closed).toEqual([]);
});

it('closes what was opened when one fails, also what opens after that, and rejects as it did', async () => {
  const closed: string[] = [];
  const late = Promise.withResolvers<string>();
  const opening = allOrNone([Promise.resolve('a'), Promise.reject(new Error('no b')), late.promise], async (one) =>
    closed.push(one),
  );
  late.resolve('c');
  await expect(opening).rejects.toThrow('no b');
  expect(closed).toEqual(['a', 'c']);
});
