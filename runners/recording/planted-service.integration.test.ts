/** The whole way from load to ledger, against a real service that is broken in known places, and one that is not. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import { parseOperationId } from '../../targets/domain/operation-id.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { loadPlanFor, prepareTrial } from '../trial/prepare-trial.ts';
import { openTrialParts } from '../trial/trial-parts.ts';
import { planted, plantedOf } from './fixtures/planted-orders.ts';
import { reconcileLedger } from './ledger.ts';

/** One key, and time for each answer before the next order is sent. */
const scenarioText = `name: planted
workload:
  operations: { placeOrder: { pattern: request-reply, payload: order } }
  keys: { count: 1 }
  payloads: { order: { size: 100B } }
load: { model: open, arrivals: constant, rate: 50/s, warmup: 0s, duration: 8s, threads: 1 }
targets: { rest: { protocol: rest, via: direct, connections: 4 } }
`;
const rounds = 8;
const orders = rounds * plantedOf;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-planted-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** `instances`: each has its own evidence; `threads`: each numbers its own orders. */
async function ledgerOf(servicePath: string, trialId: string, { instances = 1, threads = 1 } = {}) {
  const text = scenarioText
    .replace('threads: 1', `threads: ${threads}`)
    .replace('via: direct', `via: direct, instances: ${instances}`);
  const reading = parseScenario(text, { path: join(folder, 'planted.yaml') });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const { scenario } = reading;
  const { rest: target } = scenario.targets;
  if (target === undefined) throw new Error('no target');
  const entry = { ...restEntry, servicePath };
  const prepared = prepareTrial(scenario, target, entry);
  const parts = await openTrialParts({ scenario, entry, prepared, stack: null, workDirectory: folder, trialId });
  const never = new AbortController().signal;
  const generator = await LoadGenerator.open(loadPlanFor(scenario, prepared, [], parts), never);
  try {
    generator.begin(monotonicNowUs() + 200e3);
    await generator.whenIdle();
    const workers = await generator.finish();
    await parts.close();
    const { evidencePaths } = parts;
    if (evidencePaths === null) throw new Error('nothing is on record');
    const { ledger, cases } = reconcileLedger(
      {
        logs: workers.map(({ log }) => log),
        checksums: workers[0]?.checksums ?? [],
        patterns: ['request-reply'],
        hasEffect: [true],
        acceptedOnly: [false],
        evidence: new EvidenceReader(...evidencePaths).more(),
      },
      () => undefined,
    );
    const appliedBy = evidencePaths.map((path) => appliedIn(path));
    return { ledger, appliedBy, examples: cases.examples(prepared.trialTag, [], (atUs) => atUs) };
  } finally {
    await generator.terminate();
    await parts.close();
  }
}

/** Effects by producer. */
function appliedIn(evidencePath: string): Map<number, number> {
  const found = new Map<number, number>();
  for (const { kind, producer } of new EvidenceReader(evidencePath).more()) {
    if (kind === evidenceKinds.applied) found.set(producer, (found.get(producer) ?? 0) + 1);
  }
  return found;
}

describe.concurrent('the ledger of a real service', () => {
  it('finds what it lost, did twice, changed and did late, and nothing else', async () => {
    const { ledger, examples } = await ledgerOf(join(import.meta.dirname, 'fixtures', 'planting-service.ts'), 'broken');
    expect(ledger).toMatchObject({
      ...{ acknowledged: orders, applied: orders - rounds, lost: rounds, unacknowledgedButApplied: 0, unknown: 0 },
      // What is changed is changed wherever it is looked at, once for each time that it was received.
      ...{ duplicatesReceived: rounds, duplicatesApplied: rounds, corrupted: rounds },
    });
    const places = (kind: keyof typeof examples) =>
      new Set((examples[kind] ?? []).map(({ id }) => (parseOperationId(id)?.sequence ?? -1) % plantedOf));
    expect(places('lost')).toEqual(new Set([planted.lose]));
    expect(places('duplicatesApplied')).toEqual(new Set([planted.twice]));
    expect(places('corrupted')).toEqual(new Set([planted.corrupt]));
    // Two orders that a stalled machine sent together may be done either way round, and are not called reordered.
    expect(ledger.reordered).toBeGreaterThan(rounds / 2);
    expect(ledger.reordered).toBeLessThanOrEqual(rounds);
    expect(places('reordered')).toEqual(new Set([planted.late]));
  }, 30_000);

  it('finds the same over two instances and two load threads, and nothing else', async () => {
    const service = join(import.meta.dirname, 'fixtures', 'planting-service.ts');
    const { ledger, examples, appliedBy } = await ledgerOf(service, 'broken-twice', { instances: 2, threads: 2 });
    expect(ledger).toMatchObject({
      ...{ acknowledged: orders, applied: orders - rounds, lost: rounds, unacknowledgedButApplied: 0, unknown: 0 },
      ...{ duplicatesReceived: rounds, duplicatesApplied: rounds, corrupted: rounds },
    });
    const places = (kind: keyof typeof examples) =>
      new Set((examples[kind] ?? []).map(({ id }) => (parseOperationId(id)?.sequence ?? -1) % plantedOf));
    expect(places('lost')).toEqual(new Set([planted.lose]));
    expect(places('duplicatesApplied')).toEqual(new Set([planted.twice]));
    expect(places('corrupted')).toEqual(new Set([planted.corrupt]));
    // Both files tell of both producers: only read together they are the whole truth.
    expect(appliedBy.map((byProducer) => [...byProducer.keys()].sort())).toEqual([
      [0, 1],
      [0, 1],
    ]);
  }, 30_000);

  it('has nothing against ours', async () => {
    const { ledger, examples } = await ledgerOf(restEntry.servicePath, 'ours');
    expect(ledger).toMatchObject({
      ...{ acknowledged: orders, received: orders, applied: orders, lost: 0, unacknowledgedButApplied: 0 },
      ...{ duplicatesReceived: 0, duplicatesApplied: 0, reordered: 0, corrupted: 0, unknown: 0 },
    });
    expect(examples).toEqual({});
  }, 30_000);
});
