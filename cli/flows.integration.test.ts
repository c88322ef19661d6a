/** Who leads a flow and dies at a known moment: each kill strands one flow, or none, depending on what the leader remembers. */
import { describe, expect, it } from 'vitest';
import type { FlowsResult } from '../result/result-types.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('flows');

const states = ['completed', 'compensated', 'refused', 'stuck', 'open', 'inconsistent'] as const;
const sumOfStates = (flows: FlowsResult) => states.reduce((sum, state) => sum + (flows[state] ?? 0), 0);

describe('a flow whose leader is killed between two steps', () => {
  it('is stuck, and it alone, where the leader had it in memory; a log on disk goes on', async () => {
    const { result, stdout } = await rig.play(`name: leader-dies
workload:
  operations: { buy: { does: placeOrder, pattern: flow, payload: order } }
  service: { concurrency: 1, waiting: 10 }
  payloads: { order: { size: 100B } }
load: { model: closed, users: 1, warmup: 200ms, duration: 2s }
resilience: { deadline: 10s, timeout: 2s, retry: { attempts: 50, base: 50ms, cap: 200ms } }
targets:
  memory: { protocol: rest, via: direct, flow: { style: orchestrated, over: rest } }
  file: { protocol: rest, via: direct, flow: { style: orchestrated, over: rest, log: file } }
conditions:
  dies: [ { fault: kill, part: orders, when: { after: paid, before: reserve, operation: 5 }, for: 200ms } ]
`);
    const flowsOf = (target: string) => result.trials.find((trial) => trial.target === target)?.flows;
    const [memory, file] = [flowsOf('memory'), flowsOf('file')];
    if (memory === undefined || file === undefined) throw new Error('no flows');
    expect(memory).toMatchObject({ stuck: 1, stuckAfter: { payment: 1 }, ...{ open: 0, inconsistent: 0, phantom: 0 } });
    expect(file).toMatchObject({ stuck: 0, open: 0, inconsistent: 0, phantom: 0 });
    expect(memory.moneyCents.stuck).toBeGreaterThan(0);
    for (const flows of [memory, file]) expect(sumOfStates(flows)).toBe(flows.acknowledged);
    const died = result.trials.map(({ faults }) => faults[0]?.proof?.operation);
    expect(died).toContain(memory.examples.stuck?.[0]?.id);
    expect(stdout).toContain('stuck after payment');
  }, 90_000);
});
