import { describe, expect, it } from 'vitest';
import type { CacheResult, RunResult, TrialResult } from '../../result/result-types.ts';
import { cacheAnswers, cacheSentences } from '../answer/cache-sentences.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { cacheTables } from './cache-tables.ts';

const none = { count: 0, latencyUs: { count: 0 } };
const some = (count: number, p50: number) => ({ count, latencyUs: { count, p50, p90: 2 * p50 } });
const fresh = { checked: 1_000, changes: 100, reads: 0, illegal: 0, backwards: 0, ownUnread: 0, ageUs: { count: 0 } };
const asked: CacheResult = {
  ...{ kind: 'etag', at: 'client', maxAgeSeconds: 0, clients: 4, reads: 1_000, offered: 1_000, originReads: 1_000 },
  ...{
    hit: none,
    revalidated: some(700, 2_000),
    replaced: some(200, 2_100),
    miss: some(100, 2_200),
    originBytes: null,
  },
  kept: { entries: 40, bytes: 4_096, evicted: 3, sameUnderNewTag: 7 },
  stale: { ...fresh, overallUs: { count: 1_000, p50: 0, p90: 0, p99: 0, max: 0 } },
};
const shown: CacheResult = {
  ...asked,
  ...{ kind: 'max-age', at: 'gateway', maxAgeSeconds: 1, originReads: 100, kept: null, hit: some(900, 300) },
  ...{ revalidated: some(100, 2_000), replaced: none, miss: none },
  stale: {
    ...fresh,
    ...{ reads: 250, illegal: 20, backwards: 2, ownUnread: 30, ageUs: { count: 250, max: 1_900_000 } },
    overallUs: { count: 1_000, p50: 0, p90: 400_000, p99: 1_500_000, max: 1_900_000 },
  },
};

/** The first two targets of the fixture with these accounts. */
function cachedGroup(...caches: readonly (CacheResult | null)[]) {
  const [group] = conditionGroups(cachedResult(...caches));
  if (group === undefined) throw new Error('the fixture has a condition');
  return group;
}

function cachedResult(...caches: readonly (CacheResult | null)[]): RunResult {
  const result = fixtureResult();
  const targets = [...new Set(result.trials.map(({ target }) => target))];
  const trials = result.trials.map((trial): TrialResult => {
    const cache = caches[targets.indexOf(trial.target)] ?? null;
    return cache === null ? trial : { ...trial, cache };
  });
  return { ...result, trials };
}

function rowOf(title: string, label: string, group: ReturnType<typeof cachedGroup>): readonly string[] | undefined {
  const table = cacheTables(group).find((one) => one.title.startsWith(title));
  return table?.rows.find(({ cells }) => cells[0] === label)?.cells;
}

describe('caches in tables', () => {
  const group = cachedGroup(asked, shown);
  const [first = '', second = ''] = group.contenders.map(({ label }) => label);
  const repeats = group.contenders[0]?.trials.length ?? 0;

  it('say where reads were answered, and how many came to the service', () => {
    expect(rowOf('reads', first, group)?.slice(2, 7)).toEqual(['0', '70 %', '20 %', '10 %', '100 %']);
    expect(rowOf('reads', second, group)?.slice(2, 7)).toEqual(['90 %', '10 %', '0', '0', '10 %']);
  });

  it('say what was stale, how old, illegal, and what one client was led back by', () => {
    const many = (count: number) => `${count * repeats}`;
    expect(rowOf('stale', second, group)?.slice(1)).toEqual([
      ...[many(250), '25 %', '400 ms', '1.50 s', '1.90 s', many(20), many(2), many(30)],
    ]);
    expect(rowOf('stale', first, group)?.slice(1)).toEqual(['0', '0', '0 µs', '0 µs', '0 µs', '0', '0', '0']);
  });

  it('say what each way took, and what the clients keep', () => {
    expect(rowOf('what a read took', second, group)?.slice(1, 5)).toEqual(['300 µs', '600 µs', '2.00 ms', '4.00 ms']);
    expect(rowOf('caches of the clients', first, group)?.slice(3)).toEqual([`${3 * repeats}`, `${7 * repeats}`]);
    expect(rowOf('caches of the clients', second, group)).toBeUndefined();
  });

  it('are none where nobody looks, and have no stale reads where no version is known', () => {
    expect(cacheTables(cachedGroup(null, null))).toEqual([]);
    const titles = cacheTables(cachedGroup({ ...asked, stale: null })).map(({ title }) => title.slice(0, 5));
    expect(titles).not.toContain('stale');
  });

  it('say nothing of staleness where nothing was changed, and nothing at all where nothing was read', () => {
    const unchanged = { ...asked, stale: asked.stale && { ...asked.stale, changes: 0 } };
    const titles = cacheTables(cachedGroup(unchanged)).map(({ title }) => title.slice(0, 5));
    expect(titles).toContain('reads');
    expect(titles).not.toContain('stale');
    expect(cacheAnswers(cachedResult(unchanged))[0]).toMatch(/: 100 %\.$/);
    const unread = { ...unchanged, offered: 0, reads: 0, originReads: 0 };
    expect(cacheTables(cachedGroup(unread))).toEqual([]);
    expect(cacheAnswers(cachedResult(unread))).toEqual([]);
  });
});

it('the answer says what was saved and how old the oldest was, findings what nobody may show', () => {
  const group = cachedGroup(asked, shown);
  const [first = '', second = ''] = group.contenders.map(({ label }) => label);
  const repeats = group.contenders[0]?.trials.length ?? 0;
  expect(cacheAnswers(cachedResult(asked, shown))).toEqual([
    `Reads that reached the service – ${first}: 100 %, none stale; ${second}: 10 %, 25 % stale, at most 1.90 s old, ${20 * repeats} older than allowed.`,
  ]);
  expect(cacheSentences(group)).toEqual([
    `${first}: ${7 * repeats} entity tags changed and nothing else did, so that each cost a whole answer instead of a 304.`,
    `${second}: ${20 * repeats} reads showed what had been overtaken for longer than the 1 s of max-age.`,
    `${second}: ${30 * repeats} reads did not show what the same client had changed before.`,
    `${second}: ${2 * repeats} reads led a client back behind what it had read before.`,
  ]);
  const own = { originReads: null, stale: null };
  expect(cacheAnswers(cachedResult({ ...asked, ...own }, { ...shown, ...own }))).toEqual([
    `Reads that a cache showed without asking – ${first}: 0; ${second}: 90 %.`,
  ]);
  expect(cacheAnswers(fixtureResult())).toEqual([]);
});
