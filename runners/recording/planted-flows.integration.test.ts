/** The whole way from load to the account of flows, against real services that are broken in known places. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowSteps } from '../../result/flow-steps.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { EvidenceReader } from '../../targets/domain/evidence.ts';
import { parseOperationId } from '../../targets/domain/operation-id.ts';
import { flowTopology } from '../../targets/flow/flow-topology.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { drainFlows } from '../trial/drain-flows.ts';
import { couldMove } from '../trial/flow-account.ts';
import { loadPlanFor, prepareTrial } from '../trial/prepare-trial.ts';
import { openTrialParts } from '../trial/trial-parts.ts';
import { plantedFlows, plantedFlowsOf } from './fixtures/planted-flows.ts';
import { reconcileFlows } from './flow-ledger.ts';

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

async function flowsOf(participant: string | null, trialId: string) {
  const reading = parseScenario(scenarioText, { path: join(folder, 'planted.yaml') });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const { scenario } = reading;
  const { led: target } = scenario.targets;
  if (target?.flow === undefined) throw new Error('no flow');
  const prepared = prepareTrial(scenario, target, restEntry);
  const { names, population, seed, trialTag } = prepared;
  const input = { scenario, target: prepared.target, entry: restEntry, broker: null, names, population, seed };
  const ours = await flowTopology(input, target.flow, trialTag);
  const isStep = (name: string) => (flowSteps as readonly string[]).includes(name);
  const parts = await openTrialParts({
    ...{ scenario, entry: restEntry, prepared, stack: null, workDirectory: folder, trialId },
    topology: {
      ...ours,
      parts: ours.parts.map((part) =>
        isStep(part.name) && participant !== null ? { ...part, module: participant } : part,
      ),
    },
  });
  const never = new AbortController().signal;
  const generator = await LoadGenerator.open(loadPlanFor(scenario, prepared, [], parts), never);
  try {
    generator.begin(monotonicNowUs() + 200e3);
    await generator.whenIdle();
    const { pending } = await drainFlows(parts.evidencePaths ?? [], parts.pending, never);
    const workers = await generator.finish();
    await parts.close();
    const held = await parts.takeHeld();
    const evidence = new EvidenceReader(...(parts.evidencePaths ?? [])).more();
    const { flows, cases } = reconcileFlows(
      {
        ...{ logs: workers.map(({ log }) => log), flows: [0], evidence, couldMove: couldMove(target.flow, pending) },
        ...{ held: held?.operations ?? null, accountsCents: held?.chargedCents ?? null },
      },
      () => undefined,
    );
    return { flows, examples: cases.examples(trialTag, [], (atUs) => atUs) };
  } finally {
    await generator.terminate();
    await parts.close();
  }
}

const sumOf = (cents: Readonly<Record<string, number | null>>) =>
  Object.entries(cents).reduce((sum, [name, value]) => (name === 'accountsCents' ? sum : sum + (value ?? 0)), 0);

describe.concurrent('the account of real flows', () => {
  it('finds what is wrong with them, and nothing else', async () => {
    const { flows, examples } = await flowsOf(
      join(import.meta.dirname, 'fixtures', 'planting-participant.ts'),
      'broken',
    );
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
    expect(flows.moneyCents.accountsCents).toBe(sumOf(flows.moneyCents));
    const places = (examples.stuck ?? []).map(({ id }) => (parseOperationId(id)?.sequence ?? -1) % plantedFlowsOf);
    expect(new Set(places)).toEqual(new Set([plantedFlows.silent]));
  }, 60_000);

  it('has nothing against ours', async () => {
    const { flows, examples } = await flowsOf(null, 'ours');
    const all = rounds * plantedFlowsOf;
    expect(flows).toMatchObject({
      ...{ acknowledged: all, completed: all * 0.9, compensated: all * 0.1, refused: 0 },
      ...{ stuck: 0, open: 0, inconsistent: 0, phantom: 0, unacknowledged: 0 },
    });
    expect(flows.moneyCents.accountsCents).toBe(sumOf(flows.moneyCents));
    expect(examples).toEqual({});
  }, 60_000);
});
