/** Services that call services, each slow by a draw of its own: what the client sees is what was drawn. */
import { describe, expect, it } from 'vitest';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('chains');

describe('a chain of services', () => {
  it('is slow exactly where one of them drew so, and refuses where one of them does', async () => {
    const { result, stdout } = await rig.play(`name: chain
workload:
  operations: { placeOrder: { payload: order } }
  payloads: { order: { size: 100B } }
  service: { slow: { share: 10%, workTime: 1s } }
load: { model: open, rate: 60/s, warmup: 100ms, duration: 1500ms }
resilience: { deadline: 5s, timeout: 5s, retry: { attempts: 1 } }
targets:
  in-a-row: { protocol: rest, chain: { depth: 3 } }
  at-once: { protocol: grpc, via: direct, chain: { depth: 2, fanOut: 2 } }
conditions:
  calm: []
  bad:
    - { at: 300ms, for: 500ms, fault: failing-service, part: hop-3, rejectRatio: 1 }
    - { at: 1s, for: 300ms, fault: down, link: hop-2-hop-3 }
`);
    const calm = result.trials.filter(({ condition }) => condition === 'calm');
    expect(calm.map(({ target }) => target).toSorted()).toEqual(['at-once', 'in-a-row']);
    for (const { chain, ledger, phases } of calm) {
      expect(chain).toMatchObject({ services: 3, slowShare: 0.1, slowMs: 1_000, answered: phases.steady?.counts.ok });
      expect(chain?.slow).toBe(chain?.drawn);
      expect(chain?.slow).toBeGreaterThan(0);
      expect(chain?.expectedShare).toBeCloseTo(0.271, 6);
      expect(ledger).toMatchObject({ lost: 0, duplicatesReceived: 0, duplicatesApplied: 0 });
      expect(ledger.applied).toBe(ledger.acknowledged);
    }
    expect(stdout).toContain('chains with a slow service');
    const [bad, ...others] = result.trials.filter(({ condition }) => condition === 'bad');
    expect(others).toEqual([]); // at-once has no such link
    expect(bad?.phases.during?.counts.rejected).toBeGreaterThan(0);
    expect(JSON.stringify(bad?.failures)).toContain('The order service got no good answer from hop-2.');
    expect(bad?.faults.map(({ proof }) => proof !== null)).toEqual([true, true]);
    expect(bad?.ledger).toMatchObject({ lost: 0, duplicatesApplied: 0 });
  }, 90_000);
});
