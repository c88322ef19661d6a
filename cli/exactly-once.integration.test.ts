/** A service that takes, charges and writes is killed after it has written: what its reader and its accounts have then. */
import { expect, it } from 'vitest';
import { overchargesOf } from '../result/overcharges.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('exactly-once');

it('gives each receipt and charges each payment once in a transaction with a key, and does some twice that commits after', async () => {
  const { result } = await rig.play(`name: exactly-once
workload: { seed: 41, operations: { payOrder: { pattern: one-way } } }
load: { model: open, rate: 60/s, warmup: 200ms, duration: 1500ms }
targets:
  after: { protocol: stream, store: file, produces: true, commit: after }
  transaction: { protocol: stream, store: file, produces: true, commit: transaction, transactionTimeout: 2s, resilience: { idempotencyKey: true } }
conditions:
  written: [ { fault: kill, part: service, for: 200ms, when: { before: ack, operation: 30 } } ]
`);
  const [after, transaction] = ['after', 'transaction'].map((name) =>
    result.trials.find(({ target }) => target === name),
  );
  for (const trial of [after, transaction]) {
    expect(trial?.faults.map(({ proof }) => proof !== null)).toEqual([true]);
    expect(trial?.ledger).toMatchObject({ lost: 0 });
    expect(trial?.outputs).toMatchObject({ missing: 0, due: trial?.ledger.acknowledged });
  }
  expect(after?.outputs?.twice).toBeGreaterThan(0);
  expect(overchargesOf(after?.payments)).toBeGreaterThan(0);
  expect(transaction?.outputs?.twice).toBe(0);
  expect(transaction?.outputs?.uncommitted).toBeGreaterThan(0); // what the kill left open
  expect(overchargesOf(transaction?.payments)).toBe(0);
}, 90_000);
