/** Every fault that a scenario may aim at a part or an edge of a flow: each is shown to act, and leaves every flow right. */
import { describe, expect, it } from 'vitest';
import { flowStates } from '../result/flow-states.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('flow-faults');

const targets = {
  'led-rest': 'style: orchestrated, over: rest, log: file',
  'led-grpc': 'style: orchestrated, over: grpc, log: file',
  'led-websocket': 'style: orchestrated, over: websocket, log: file',
  'led-queue': 'style: orchestrated, over: queue, log: file',
  'led-stream': 'style: orchestrated, over: stream, log: file',
  'events-queue': 'style: choreographed, over: queue',
  'events-stream': 'style: choreographed, over: stream',
} as const;

const window = 'at: 1s, for: 1s';
const conditions = {
  killed: `${window}, fault: kill, part: payment`,
  'killed-entry': `${window}, fault: kill, part: orders`,
  paused: `${window}, fault: pause, part: inventory`,
  slow: `${window}, fault: slow-service, part: shipping, workTime: 300ms`,
  'refund-fails': `${window}, fault: failing-service, part: payment, rejectRatio: 1, action: refund`,
  'edge-late': `${window}, fault: latency, link: orders-payment, latency: 100ms`,
  'edge-hole': `${window}, fault: timeout, link: orders-payment`,
  'edge-down': `${window}, fault: down, link: orders-shipping`,
  'broker-late': `${window}, fault: latency, link: service, latency: 100ms`,
  'broker-hole': `${window}, fault: timeout, link: service`,
  'broker-killed': `${window}, fault: kill, part: broker`,
} as const;

describe.each(Object.keys(conditions) as (keyof typeof conditions)[])('flows under %s', (condition) => {
  it('are right in the end, and the fault is shown to act', async () => {
    const { result } = await rig.play(`name: faults
workload:
  operations: { buy: { does: placeOrder, pattern: flow, payload: order } }
  flow: { refuse: { inventory: 20% }, workTime: 1ms, compensation: { deadline: 30s } }
  payloads: { order: { size: 100B } }
load: { model: open, rate: 15/s, warmup: 500ms, duration: 3s }
resilience: { deadline: 20s, timeout: 500ms, retry: { attempts: 60, base: 50ms, cap: 300ms } }
targets:
${Object.entries(targets)
  .map(([name, flow]) => `  ${name}: { protocol: rest, flow: { ${flow} } }`)
  .join('\n')}
conditions: { ${condition}: [ { ${conditions[condition]} } ] }
`);
    expect(result.trials.length).toBeGreaterThan(0);
    for (const { target, flows, faults } of result.trials) {
      expect.soft(faults[0]?.proof, `${target}: the fault was shown to act`).not.toBeNull();
      expect.soft(flows, target).toMatchObject({ stuck: 0, open: 0, inconsistent: 0, phantom: 0 });
      expect.soft(flows?.completed, target).toBeGreaterThan(0);
      expect.soft(flows?.compensated, target).toBeGreaterThan(0);
      const sum = flowStates.reduce((all, state) => all + (flows?.[state] ?? 0), 0);
      expect.soft(sum, target).toBe(flows?.acknowledged);
    }
  }, 300_000);
});
