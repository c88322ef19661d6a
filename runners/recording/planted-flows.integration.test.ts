/** The whole way from load to the account of flows, against real services that are broken in known places. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOperationId } from '../../targets/domain/operation-id.ts';
import { plantedFlows, plantedFlowsOf } from './fixtures/planted-flows.ts';
import { playFlows, sumOfCents } from './fixtures/play-flows.ts';

/** Steps that come again have another effect, so that it takes no more to plant one. */
const scenarioText = `name: planted
workload:
  operations: { buy: { does: placeOrder, pattern: flow, payload: order } }
  flow: { refuse: { inventory: 10% }, compensation: { deadline: 1s } }
  payloads: { order: { size: 100B } }
load: { model: open, arrivals: constant, rate: 50/s, warmup: 0s, duration: 4s, threads: 1 }
targets: { led: { protocol: rest, via: direct, flow: { style: orchestrated, over: rest, idempotent: false } } }
resilience: { timeout: 1s }
`;
const rounds = 10;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-planted-flows-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

function flowsOf(participant: string | null, trialId: string) {
  return playFlows({ folder, scenario: scenarioText, trialId, ...(participant !== null && { participant }) });
}

describe.concurrent('the account of real flows', () => {
  it('finds what is wrong with them, and nothing else', async () => {
    const flows = await flowsOf(join(import.meta.dirname, 'fixtures', 'planting-participant.ts'), 'broken');
    expect(flows).toMatchObject({
      acknowledged: rounds * plantedFlowsOf,
      ...{ completed: rounds * (plantedFlowsOf - 6), compensated: 0, refused: 0, open: 0, phantom: 0 },
      // Who never answers was given up, and can't be asked to undo it either.
      ...{ stuck: rounds, needsPerson: rounds, stuckAfter: { payment: rounds } },
      inconsistent: 5 * rounds,
      inconsistencies: {
        shippedUnpaid: rounds,
        effectTwice: rounds,
        shippedAndRefunded: rounds,
        endedPaid: rounds,
        undoneTwice: rounds,
      },
    });
    expect(flows.moneyCents.accountsCents).toBe(sumOfCents(flows));
    const places = (flows.examples.stuck ?? []).map(
      ({ id }) => (parseOperationId(id)?.sequence ?? -1) % plantedFlowsOf,
    );
    expect(new Set(places)).toEqual(new Set([plantedFlows.silent]));
  }, 60_000);

  it('has nothing against ours', async () => {
    const flows = await flowsOf(null, 'ours');
    const all = rounds * plantedFlowsOf;
    expect(flows).toMatchObject({
      ...{ acknowledged: all, completed: all * 0.9, compensated: all * 0.1, refused: 0 },
      ...{ stuck: 0, open: 0, inconsistent: 0, phantom: 0, unacknowledged: 0 },
    });
    expect(flows.moneyCents.accountsCents).toBe(sumOfCents(flows));
    expect(flows.examples).toEqual({});
  }, 60_000);
});
