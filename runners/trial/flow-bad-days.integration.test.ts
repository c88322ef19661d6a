/** Flows whose parts fail in ways that no fault of a scenario does: for good, without a trace, without room. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowStates } from '../../result/flow-states.ts';
import type { FlowStep } from '../../result/flow-steps.ts';
import type { FlowsResult } from '../../result/result-types.ts';
import { playFlows, sumOfCents } from '../recording/fixtures/play-flows.ts';

const scenario = (flow: string, deadline: string) => `name: bad-days
workload:
  operations: { buy: { does: placeOrder, pattern: flow, payload: order } }
  flow: { compensation: { deadline: ${deadline} } }
  payloads: { order: { size: 100B } }
load: { model: open, arrivals: constant, rate: 30/s, warmup: 0s, duration: 2s, threads: 1 }
targets: { led: { protocol: rest, via: direct, flow: { style: orchestrated, over: rest${flow} } } }
resilience: { deadline: 1s, timeout: 500ms, retry: { attempts: 2, base: 50ms, cap: 50ms } }
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-flow-bad-days-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Plays flows of which a part is killed after a second, and never comes back. */
const playWithout = (part: FlowStep, trialId: string) =>
  playFlows({
    ...{ folder, scenario: scenario('', '500ms'), trialId },
    async meanwhile({ services }) {
      await sleep(1_000);
      await services[part]?.kill();
    },
  });

const sumOfStates = (flows: FlowsResult) => flowStates.reduce((sum, state) => sum + (flows[state] ?? 0), 0);

/** Each flow is in one state, and the accounts hold what the states say. */
function expectWhole(flows: FlowsResult): void {
  expect(sumOfStates(flows)).toBe(flows.acknowledged);
  expect(flows.moneyCents.accountsCents).toBe(sumOfCents(flows));
}

/** The process may write no file any longer than this: as a full disk, and it can be lifted. */
function limitFiles(pid: number | undefined, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:unlimited`]);
}

describe.concurrent('flows', () => {
  it('of a participant that never comes back are stuck and left to a person; the others ended', async () => {
    const flows = await playWithout('inventory', 'gone');
    expect(flows).toMatchObject({ open: 0, inconsistent: 0, phantom: 0, compensated: 0 });
    expect(flows.completed).toBeGreaterThan(0);
    expect(flows.stuck).toBeGreaterThan(0);
    expect(flows).toMatchObject({ needsPerson: flows.stuck, stuckAfter: { payment: flows.stuck } });
    expect(flows.moneyCents.stuck).toBeGreaterThan(0);
    expectWhole(flows);
  }, 60_000);

  it('of a first participant that never comes back are left to a person as well, though nothing was paid', async () => {
    const flows = await playWithout('payment', 'first-gone');
    expect(flows).toMatchObject({ refused: 0, open: 0, inconsistent: 0, phantom: 0, needsPerson: flows.stuck });
    expect(flows.completed).toBeGreaterThan(0);
    expect(flows.stuckAfter.placed).toBeGreaterThan(0);
    expectWhole(flows);
  }, 60_000);

  it('are unknown, and none of them completed, where the evidence of one part is missing', async () => {
    const flows = await playFlows({
      ...{ folder, scenario: scenario('', '500ms'), trialId: 'untold' },
      afterwards: async ({ evidencePaths }) => rm(evidencePaths?.find((path) => path.includes('inventory')) ?? ''),
    });
    for (const name of [...flowStates, 'phantom', 'acknowledged'] as const) expect(flows[name], name).toBeNull();
    expect(flows.moneyCents).toMatchObject({ completed: null, accountsCents: null });
  }, 60_000);

  it('wait for a store that is full, and are right when there is room again', async () => {
    const flows = await playFlows({
      ...{ folder, scenario: scenario(', log: file', '20s'), trialId: 'full' },
      async meanwhile({ services }) {
        for (const part of ['payment', 'orders']) {
          await sleep(300);
          const { size } = await stat(join(folder, `full.${part}.sqlite-wal`));
          limitFiles(services[part]?.pid, size);
          await sleep(400);
          limitFiles(services[part]?.pid, 'unlimited');
        }
      },
    });
    expect(flows).toMatchObject({ stuck: 0, open: 0, inconsistent: 0, phantom: 0 });
    expect(flows.completed).toBeGreaterThan(0);
    expectWhole(flows);
  }, 60_000);
});
