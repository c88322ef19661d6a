import { describe, expect, it } from 'vitest';
import { rebuildFigures } from '../../result/rebuild-figures.ts';
import type { RebuildResult, TrialResult } from '../../result/result-types.ts';
import { rebuildSentences } from '../answer/rebuild-sentences.ts';
import type { ConditionGroup } from '../figures/result-view.ts';
import { rebuildTables } from './rebuild-tables.ts';

const same: RebuildResult = {
  ...{ readyAfterUs: 2_000_000, readUs: 1_000_000, caughtUpUs: 20_000, read: 50_000, readPerSecond: 50_000 },
  ...{ isCompacted: false, events: 50_000, snapshotOf: null, refusedReads: 7, refusedChanges: 3 },
  live: { count: 5, min: 300, mean: 500, p50: 400, p90: null, p99: null, p999: null, max: 900 },
  ...{ digest: 'a', expected: { events: 50_000, digest: 'a' }, undecided: 0, isSame: true, failure: null },
};
const slow: RebuildResult = { ...same, readyAfterUs: 4_000_000, readPerSecond: 20_000 };
const differing: RebuildResult = { ...same, digest: 'b', isSame: false };
const compacted: RebuildResult = { ...differing, isCompacted: true, events: 9_000, read: 9_000 };
const why = 'its log begins at offset 5: events are gone, so nothing is folded of it';
const broken: RebuildResult = {
  ...same,
  ...{ readyAfterUs: null, readUs: null, caughtUpUs: null, readPerSecond: null, live: { count: 0 } },
  ...{ digest: null, expected: null, isSame: null, failure: why },
};

/** Of each the first `mostCounted` repeats count. */
function group(
  contenders: Readonly<Record<string, readonly RebuildResult[]>>,
  mostCounted = Number.POSITIVE_INFINITY,
): ConditionGroup {
  const drawn = Object.entries(contenders).map(([label, rebuilds]) => {
    const trials = rebuilds.map((one) => ({ rebuilds: [one] }) as unknown as TrialResult);
    return { label, status: 'valid', trials, counted: trials.slice(0, mostCounted) };
  });
  return { contenders: drawn } as unknown as ConditionGroup;
}

const cells = (rebuilds: readonly RebuildResult[], mostCounted?: number) =>
  rebuildTables(group({ it: rebuilds }, mostCounted)).map(({ rows }) => rows[0]?.cells.slice(1));

describe('the tables on states folded anew', () => {
  it('say of several repeats the worst, and what was refused in all of them', () => {
    expect(cells([same, slow])).toEqual([
      ['50,000', 'none', '20,000', '4.00 s', '20.0 ms', 'same'],
      ['14', '6', '10', '400 µs', 'too few', '900 µs'],
    ]);
  });

  it('have times of the repeats that count alone, counts and states of all', () => {
    expect(cells([same, { ...slow, isSame: false, live: { ...slow.live, max: 9_000 } }], 1)).toEqual([
      ['50,000', 'none', '50,000', '2.00 s', '20.0 ms', 'differs'],
      ['14', '6', '10', '400 µs', 'too few', '900 µs'],
    ]);
  });

  it('tell a state that differs from one whose log lost history on purpose, and from none at all', () => {
    const states = [[same, differing], [compacted], [broken], [same, broken]].map((all) => cells(all)[0]?.at(-1));
    expect(states).toEqual(['differs', 'history lost', 'not folded', 'not folded 1 of 2 times']);
    expect(
      rebuildSentences(group({ good: [same], odd: [same, differing], short: [compacted], gone: [broken] })),
    ).toEqual([
      'odd: 1 of 2 times the state that it folded was not what its events come to.',
      'short: its compacted log had 9,000 of 50,000 events, and its state is another one: history was lost on purpose.',
      `gone: its state is not known after it was gone: ${why}.`,
    ]);
  });

  it('are none where no state was folded', () => {
    expect(rebuildTables(group({ it: [] }))).toEqual([]);
  });
});

describe('the figures of states folded anew', () => {
  const of = (name: keyof typeof rebuildFigures, ...rebuilds: RebuildResult[]) =>
    rebuildFigures[name]({ rebuilds } as unknown as TrialResult);

  it('are those of the worst, and not known where one is not', () => {
    expect(of('replayed', same, slow)).toBe(20_000);
    expect(of('readyAfter', same, slow)).toBe(4_000_000);
    expect(of('statesDiffer', same, differing)).toBe(1);
    expect(of('readsRefused', same, slow)).toBe(14);
    expect([of('replayed', same, broken), of('statesDiffer', same, broken), of('statesDiffer')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
