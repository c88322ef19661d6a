import { expect, it } from 'vitest';
import type { Verdict } from '../../result/result-types.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult, fixtureTrial } from '../fixtures/fixture-result.ts';
import { groupTable } from './group-table.ts';

function cellsOf(...statuses: Verdict['status'][]) {
  const trials = statuses.map((status, n) => {
    const group = { partitions: 4, moves: 2, waiting: 1, longestSilenceUs: 10 ** (n + 6), shortestSilenceUs: 10 ** n };
    const trial = fixtureTrial('stream', 'calm', { repeat: n + 1, group });
    return { ...trial, id: `${trial.id}-${n}`, verdict: { ...trial.verdict, status } };
  });
  const [group] = conditionGroups({ ...fixtureResult(), trials });
  return (group && groupTable(group))?.rows[0]?.cells.slice(1, 5);
}

it('has the times of the worst trial that counts, and the counts of all', () => {
  expect(cellsOf('valid')).toEqual(['1.00 s', '1 µs', '2', '1']);
  expect(cellsOf('valid', 'valid')).toEqual(['10.0 s', '10 µs', '4', '2']);
  expect(cellsOf('valid', 'invalid')).toEqual(['1.00 s', '1 µs', '4', '2']);
});
