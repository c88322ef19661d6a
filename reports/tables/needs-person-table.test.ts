import { expect, it } from 'vitest';
import type { Contender } from '../figures/result-view.ts';
import { needsPersonTable } from './needs-person-table.ts';

function contender(needsPerson: number | null, ids: readonly string[]): Contender {
  const stuck = [
    ...ids.map((id) => ({ id, last: 'payment', needsPerson: true })),
    { id: 'of-a-killed-leader', last: 'inventory' },
  ];
  return {
    ...{ label: 'led', status: 'valid' },
    trials: [{ id: 'led-refunds-never-1', flows: { needsPerson, examples: { stuck } } }],
  } as unknown as Contender;
}

it('lists the flows that nobody else can end, and says how many more there are', () => {
  expect(needsPersonTable([contender(4, ['a', 'b'])])?.rows.map(({ cells }) => cells)).toEqual([
    ['led-refunds-never-1', 'a', 'payment'],
    ['led-refunds-never-1', 'b', 'payment'],
    ['led-refunds-never-1', 'and 2 more', ''],
  ]);
});

it('is not there without one, or where nobody knows', () => {
  expect(needsPersonTable([contender(0, [])])).toBeNull();
  expect(needsPersonTable([contender(null, [])])).toBeNull();
});
