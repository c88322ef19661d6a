/** As many calm flows as two minutes have room for, on the real parts: none of them may be wrong, and the money is where it belongs. */
import { describe, expect, it } from 'vitest';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('calm-flows');

describe.each([
  'style: orchestrated, over: grpc',
  'style: orchestrated, over: rest, log: file',
  'style: choreographed, over: queue',
  'style: choreographed, over: stream',
])('calm flows, %s', (flow) => {
  it('are neither stuck nor open, wrong or without an order, and the accounts agree', async () => {
    const { result } = await rig.play(`name: calm-flows
workload:
  operations: { buy: { does: placeOrder, pattern: flow, payload: order } }
  flow: { refuse: { payment: 2%, inventory: 5%, shipping: 3% } }
  payloads: { order: { size: 100B } }
load: { model: open, rate: 220/s, warmup: 0s, duration: 120s }
resilience: { deadline: 20s, timeout: 5s, retry: { attempts: 4 } }
targets: { shop: { protocol: rest, via: direct, flow: { ${flow} } } }
`);
    const [trial] = result.trials;
    const flows = trial?.flows;
    if (trial === undefined || flows === undefined) throw new Error('no flows');
    expect(flows.acknowledged).toBeGreaterThan(1_000);
    expect(flows).toMatchObject({ stuck: 0, open: 0, inconsistent: 0, phantom: 0, needsPerson: 0, examples: {} });
    const { completed, compensated, refused, acknowledged } = flows;
    expect((completed ?? 0) + (compensated ?? 0) + (refused ?? 0)).toBe(acknowledged);
    const { accountsCents, ...byState } = flows.moneyCents;
    expect(Object.values(byState).reduce((sum: number, cents) => sum + (cents ?? 0), 0)).toBe(accountsCents);
    expect(trial.verdict.reasons.map(({ code }) => code)).not.toContain('recordDisagrees');
  }, 300_000);
});
