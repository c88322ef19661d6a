import { describe, expect, it } from 'vitest';
import type { DrainResult, TrialResult } from '../../result/result-types.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { drainTable } from './drain-table.ts';

const drained: DrainResult = {
  ...{ fromMs: 6_000, toMs: 9_500, highest: 12_345, left: 0, deliveredPerSecond: 4_321 },
  live: { offered: 3_500, delivered: 3_500, p50Us: 812_000, p99Us: 3_100_000 },
};
const space = { startBytes: 100 * 2 ** 20, highestBytes: 300 * 2 ** 20, endBytes: 120 * 2 ** 20 };

function table(...trials: readonly Partial<TrialResult>[]) {
  const contender = { label: 'queue', status: 'valid', counted: trials };
  return drainTable({ contenders: [contender] } as unknown as ConditionGroup);
}

describe('the table on a backlog', () => {
  it('says of each trial how high it rose, how soon it was gone, and what that meant meanwhile', () => {
    const brokerUse = { writtenBytes: null, idleUsPerSecond: null, memory: space, disk: null };
    const drawn = table({ id: 'queue-1', drain: drained, brokerUse });
    expect(drawn?.columns.map(({ title }) => title)).toEqual([
      ...['trial', 'highest', 'worked off in', 'delivered', 'p50', 'p99', 'memory', 'disk'],
    ]);
    expect(drawn?.rows.map(({ cells }) => cells)).toEqual([
      ['queue-1', '12,345', '3.5 s', '4,321/s', '812 ms', '3.10 s', '100 MiB, 300 MiB, 120 MiB', '–'],
    ]);
  });

  it('says what is left of one that was not worked off, and nothing of what is not known', () => {
    const live = { offered: 5, delivered: 0, p50Us: null, p99Us: null };
    const drawn = table({
      id: 'queue-1',
      drain: { ...drained, toMs: null, left: 9_000, deliveredPerSecond: null, live },
    });
    expect(drawn?.rows.map(({ cells }) => cells)).toEqual([
      ['queue-1', '12,345', 'not: 9,000 left', '–', '–', '–', '–', '–'],
    ]);
  });

  it('is none where nothing had piled up', () => {
    expect(table({ id: 'queue-1' })).toBeNull();
  });
});
