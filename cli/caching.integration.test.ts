/** A trial with caches: what clients saw and what the service has on record agree. */
import { expect, it } from 'vitest';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('caching');

it('reads that a cache answers are no losses, and what it shows is held against what was changed', async () => {
  const { result, stdout } = await rig.play(`name: caching
workload:
  keys: { count: 3 }
  operations: { getOrder: { weight: 4 }, updateOrder: { payload: order } }
  payloads: { order: { size: 100B } }
load: { model: open, rate: 150/s, warmup: 100ms, duration: 1s }
resilience: { deadline: 5s, timeout: 5s, retry: { attempts: 1 } }
targets:
  clients: { protocol: rest, via: direct, cache: { kind: max-age, maxAge: 5s, clients: 3 } }
conditions: { calm: [] }
thresholds: [ all hitRatio > 10%, all originShare < 90%, all staleReads > 0, all staleIllegal == 0, all ownUnread == 0 ]
`);
  const [{ cache, ledger, phases } = {}] = result.trials;
  const { hit, revalidated, replaced, miss, reads, offered, originReads, stale } = cache ?? {};
  expect(reads).toBe(phases?.steady?.operations.getOrder?.counts.ok);
  expect([hit, revalidated, replaced, miss].reduce((sum, one) => sum + (one?.count ?? 0), 0)).toBe(reads);
  expect(originReads).toBe((offered ?? 0) - (hit?.count ?? 0));
  // Two reads of one client that overlap may be answered out of their order, and the older answer kept: `backwards` is told, not ruled out.
  expect(stale).toMatchObject({ checked: reads, illegal: 0 });
  expect(ledger).toMatchObject({ lost: 0, unknown: 0 });
  expect(ledger?.answeredByCache).toBeGreaterThanOrEqual(hit?.count ?? Number.POSITIVE_INFINITY);
  // Of a trial that a busy machine made invalid a threshold has no data.
  const held = result.trials[0]?.verdict.status === 'invalid' ? 'noData' : 'pass';
  expect(result.thresholds.map(({ expression, status }) => `${expression}: ${status}`)).toEqual(
    result.thresholds.map(({ expression }) => `${expression}: ${held}`),
  );
  expect(stdout).toContain('Reads that reached the service');
}, 60_000);
