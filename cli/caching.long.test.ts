/** Caches of clients and of gateways before the reference service: what clients saw and what the service has on record agree. */
import { expect, it } from 'vitest';
import type { CacheResult, TrialResult } from '../result/result-types.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('caching');

it('reads are answered by whoever has them, and what is shown is held against what was changed', async () => {
  const clients = 'clients: 3';
  const { result, stdout } = await rig.play(`name: caching
workload:
  keys: { count: 5, distribution: zipf }
  operations: { getOrder: { weight: 4 }, updateOrder: { payload: order } }
  payloads: { order: { size: 100B } }
load: { model: open, rate: 120/s, warmup: 300ms, duration: 2500ms }
resilience: { deadline: 5s, timeout: 5s, retry: { attempts: 1 } }
targets:
  none: { protocol: rest, cache: { kind: none, ${clients} } }
  etag: { protocol: rest, cache: { kind: etag, ${clients} } }
  max-age: { protocol: rest, cache: { kind: max-age, maxAge: 1s, ${clients} } }
  small: { protocol: rest, cache: { kind: etag, maxEntries: 1, ${clients} } }
  nginx-etag: { protocol: rest, gateway: { kind: nginx }, cache: { kind: etag, at: gateway, ${clients} } }
  nginx: { protocol: rest, gateway: { kind: nginx }, cache: { kind: max-age, maxAge: 1s, at: gateway, ${clients} } }
  haproxy: { protocol: rest, gateway: { kind: haproxy }, cache: { kind: max-age, maxAge: 1s, at: gateway, ${clients} } }
conditions: { calm: [] }
`);
  const trials = new Map(result.trials.map((trial) => [trial.target, trial]));
  const cacheOf = (target: string): CacheResult => {
    const cache = trials.get(target)?.cache;
    if (cache === undefined) throw new Error(`${target} has no account of its cache`);
    return cache;
  };
  for (const trial of trials.values()) expectWhole(trial);
  expect(counts(cacheOf('none'))).toMatchObject({ hit: 0, revalidated: 0, replaced: 0 });
  for (const target of ['none', 'etag', 'small', 'nginx-etag']) {
    const { hit, originReads, offered, stale } = cacheOf(target);
    expect([target, hit.count, originReads, stale?.reads]).toEqual([target, 0, offered, 0]);
  }
  for (const target of ['etag', 'nginx-etag']) expect(cacheOf(target).revalidated.count).toBeGreaterThan(0);
  expect(cacheOf('small').kept).toMatchObject({ entries: 3 });
  expect(cacheOf('small').kept?.evicted).toBeGreaterThan(0);
  for (const target of ['max-age', 'nginx', 'haproxy']) {
    const { hit, reads, originReads } = cacheOf(target);
    expect(hit.count).toBeGreaterThan(0);
    expect(originReads).toBe(reads - hit.count);
  }
  // A client's own cache forgets what it changes, and so does HAProxy; nginx does neither that nor count in less than seconds.
  expect(cacheOf('max-age').stale).toMatchObject({ illegal: 0, backwards: 0 });
  expect(cacheOf('nginx').stale?.reads).toBeGreaterThan(0);
  expect(cacheOf('nginx').stale?.overallUs.max).toBeLessThan(2_100_000);
  expect(cacheOf('nginx').originBytes).toBeGreaterThan(0);
  expect(stdout).toContain('Reads that reached the service');
}, 120_000);

function counts({ hit, revalidated, replaced, miss }: CacheResult) {
  return { hit: hit.count, revalidated: revalidated.count, replaced: replaced.count, miss: miss.count };
}

/** Nothing is lost, each read has one source, and what no cache answered the service has on record. */
function expectWhole({ cache, ledger, phases, target }: TrialResult): void {
  const { hit, revalidated, replaced, miss } = counts(cache as CacheResult);
  expect([target, ledger.lost, ledger.unknown]).toEqual([target, 0, 0]);
  expect(cache?.reads).toBe(hit + revalidated + replaced + miss);
  expect(cache?.reads).toBe(phases.steady?.operations.getOrder?.counts.ok);
  expect(cache?.stale?.checked).toBe(cache?.reads);
}
