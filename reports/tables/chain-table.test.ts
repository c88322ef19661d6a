import { describe, expect, it } from 'vitest';
import { chainSentences } from '../answer/chain-sentences.ts';
import { type ConditionGroup, conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { chainTable } from './chain-table.ts';

/** The first targets of the fixture as chains: services, slow ones and all that were answered. */
function groupOf(...chains: readonly (readonly [services: number, slow: number, answered: number])[]): ConditionGroup {
  const [group] = conditionGroups(fixtureResult());
  if (group === undefined) throw new Error('no group');
  const contenders = group.contenders.slice(0, chains.length).map((contender, n) => {
    const [services, slow, answered] = chains[n] ?? [1, 0, 0];
    const expectedShare = 1 - 0.99 ** services;
    const chain = { services, slow, answered, drawn: slow, slowShare: 0.01, slowMs: 100, expectedShare };
    return {
      ...contender,
      label: `of-${services}`,
      counted: contender.counted.slice(0, 1).map((trial) => ({ ...trial, chain })),
    };
  });
  return { ...group, contenders };
}

describe('chains with slow services', () => {
  it('are shown measured, with the interval, beside what independence comes to', () => {
    const rows = chainTable(groupOf([1, 14, 1_440], [8, 111, 1_440]))?.rows.map(({ cells }) => cells.slice(0, 6));
    expect(rows).toEqual([
      ['of-1', '1', '1.0 %', '0.97 % (0.5–1.6 %)', '14 of 1,440', '14'],
      ['of-8', '8', '7.7 %', '7.7 % (6.4–9.2 %)', '111 of 1,440', '111'],
    ]);
    expect(chainSentences(groupOf([1, 14, 1_440], [8, 111, 1_440]))).toEqual([
      'Each service is slow for 1.0 % of its operations; of chains of 8 services 7.7 % (6.4–9.2 %; expected 7.7 %) met a slow one, of one service 0.97 % (0.5–1.6 %; expected 1.0 %): as independent draws would have it (1−(1−p)^N).',
    ]);
  });

  it('are told where they are not as independence would have it', () => {
    expect(chainSentences(groupOf([8, 300, 1_440]))[0]).toContain('not as independent draws would have it: of-8');
  });

  it('are none where nothing was answered, or there is no chain', () => {
    expect(chainSentences(groupOf([8, 0, 0]))).toEqual([]);
    expect(chainTable(groupOf([8, 0, 0]))?.rows[0]?.cells[3]).toBe('–');
    expect(chainTable(groupOf())).toBeNull();
  });
});
