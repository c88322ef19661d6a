/** A broker that is killed in the middle of a trial, as a scenario has it. */
import { expect, it } from 'vitest';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('queue-bad-days');

it('ElasticMQ killed in mid-trial: it comes back without its queues, which are made again, and the ledger is told', async () => {
  const { result } = await rig.play(`name: elasticmq-killed
workload:
  operations: { placeOrder: { pattern: one-way, payload: order } }
  payloads: { order: { size: 256B } }
load: { model: open, rate: 50/s, warmup: 500ms, duration: 12s }
targets: { sqs: { protocol: queue, broker: sqs, visibilityTimeout: 2s } }
conditions: { broker-killed: [ { at: 3s, for: 500ms, fault: kill, part: broker } ] }
resilience: { deadline: 20s, timeout: 5s, retry: { attempts: 8, base: 100ms, cap: 2s }, idempotencyKey: true }
`);
  const [trial] = result.trials;
  expect(trial?.faults[0]?.proof).toMatchObject({ process: 'gone', signal: 'SIGKILL' });
  expect(trial?.faults[0]?.removedAtMs).not.toBeNull();
  // What it had in memory is gone with it: how much that was is for the ledger to say.
  const { acknowledged, applied, corrupted } = trial?.ledger ?? {};
  expect([(acknowledged ?? 0) > 200, (applied ?? 0) > 200, corrupted]).toEqual([true, true, 0]);
  expect(trial?.phases.after?.counts.ok).toBeGreaterThan(0);
  const codes = trial?.verdict.reasons.map(({ code }) => code);
  expect(codes).not.toContain('faultDidNotAct');
}, 120_000);
