/** An order is kept and an event tells of it: what a kill between the two leaves behind, over both brokers. */
import { describe, expect, it } from 'vitest';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('flow-events');

describe.each(['queue', 'stream'])('events over a %s, their sender killed between order and event', (over) => {
  it('lose one event, tell of one order that is not there, or come twice', async () => {
    const flow = (more: string) => `{ protocol: rest, flow: { style: choreographed, over: ${over}, ${more} } }`;
    const { result } = await rig.play(`name: events
workload:
  operations: { buy: { does: placeOrder, pattern: flow, payload: order } }
  service: { concurrency: 1, waiting: 10 }
  payloads: { order: { size: 100B } }
load: { model: closed, users: 1, warmup: 500ms, duration: 4s }
resilience: { deadline: 5s, timeout: 5s, retry: { attempts: 1 } }
targets:
  dual: ${flow('publish: dual-write')}
  first: ${flow('publish: publish-first')}
  outbox: ${flow('publish: outbox')}
  forgetful: ${flow('publish: outbox, idempotent: false')}
conditions:
  kept: [ { fault: kill, part: orders, when: { after: commit, before: publish, operation: 5 }, for: 300ms } ]
  told: [ { fault: kill, part: orders, when: { after: publish, before: commit, operation: 5 }, for: 300ms } ]
`);
    const wrongOf = (target: string, condition: string) => {
      const flows = result.trials.find((trial) => trial.target === target && trial.condition === condition)?.flows;
      return flows && [flows.stuck, flows.phantom, flows.inconsistent, flows.open];
    };
    expect(wrongOf('dual', 'kept')).toEqual([1, 0, 0, 0]);
    expect(wrongOf('outbox', 'kept')).toEqual([0, 0, 0, 0]);
    expect(wrongOf('first', 'told')).toEqual([0, 1, 0, 0]);
    expect(wrongOf('outbox', 'told')).toEqual([0, 0, 0, 0]);
    expect(wrongOf('forgetful', 'told')).toEqual([0, 0, 1, 0]);
    expect(wrongOf('first', 'kept')).toBeUndefined(); // it has no such moment
  }, 300_000);
});
