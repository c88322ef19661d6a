/** A trial of several services: started in their order, each edge through a link, accounted for by name. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import { formatOperationId } from '../../targets/domain/operation-id.ts';
import { ownerTag } from '../../targets/process/process-identity.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { type SharedTestStack, sharedTestStack } from '../../targets/stack/shared-test-stack.ts';
import { type Topology, topologyOf } from '../../targets/topology/topology.ts';
import { sampleCpu } from '../recording/cpu-account.ts';
import { chargedCentsOf } from '../recording/last-words.ts';
import type { TrialParts } from './opened-parts.ts';
import { prepareTrial } from './prepare-trial.ts';
import { openTrialParts } from './trial-parts.ts';

const text = `name: chain
workload: { operations: { placeOrder: {} } }
load: { model: open, rate: 1/s, warmup: 0s, duration: 1s }
targets: { rest: { protocol: rest } }
`;

let stack: SharedTestStack;
let folder = '';
beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: false, kafka: false });
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-parts-'));
});
afterAll(async () => {
  await stack?.down();
  await rm(folder, { recursive: true, force: true });
});

let opened = 0;

async function openChain(change: (topology: Topology) => Topology): Promise<TrialParts> {
  const reading = parseScenario(text, { path: join(folder, 'chain.yaml') });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const { scenario } = reading;
  const { rest: target } = scenario.targets;
  if (target === undefined) throw new Error('no target');
  const entry = { ...restEntry, servicePath: join(import.meta.dirname, 'fixtures', 'calling-service.ts') };
  const prepared = prepareTrial(scenario, target, entry);
  const topology = change(topologyOf({ scenario, entry, broker: null, ...prepared }));
  return openTrialParts({
    scenario,
    entry,
    prepared,
    stack,
    workDirectory: folder,
    trialId: `chain-${opened++}`,
    topology,
  });
}

/** orders → payment (two instances) → ledger. */
function chain({ parts: [one] }: Topology): Topology {
  if (one === undefined) throw new Error('no part');
  const parts = [
    { ...one, name: 'orders', calls: ['payment'] },
    { ...one, name: 'payment', instances: 2, calls: ['ledger'] },
    { ...one, name: 'ledger' },
  ];
  return { parts, entry: 'orders' };
}

const place = async (address: string, sequence: number) =>
  (await fetch(`http://${address}/`, { method: 'POST', body: formatOperationId('t', 0, sequence) })).status;

describe('the parts of a trial with several services', () => {
  it('call each other through links of their own, which faults act on by name', async () => {
    const parts = await openChain(chain);
    try {
      expect(Object.keys(parts.links).toSorted()).toEqual(['client', 'orders-payment', 'payment-ledger']);
      expect(parts.links['orders-payment']?.others).toHaveLength(1);
      expect(parts.address).toBe(parts.links.client?.address);
      expect(await place(parts.address, 1)).toBe(201);
      for (const cut of ['payment-ledger', 'orders-payment']) {
        await stack.toxiproxy?.setEnabled(parts.links[cut]?.proxy ?? '', false);
        expect(await place(parts.address, 2), cut).toBe(502);
        await stack.toxiproxy?.setEnabled(parts.links[cut]?.proxy ?? '', true);
      }
      expect(await place(parts.address, 3)).toBe(201);
    } finally {
      await parts.close();
    }
  }, 30_000);

  it('each have evidence, last words, CPU and a process of their own', async () => {
    const parts = await openChain(chain);
    const names = ['orders', 'payment', 'payment-2', 'ledger'];
    try {
      expect(Object.keys(parts.faultParts)).toEqual(names);
      expect(parts.processes.service).toHaveLength(4);
      expect(await place(parts.address, 1)).toBe(201);
      const { servicesUs, usedUs } = sampleCpu(parts.processes, parts.services);
      expect(Object.keys(servicesUs).toSorted()).toEqual(names.toSorted());
      for (const name of names) expect(servicesUs[name], name).toBeGreaterThan(0);
      expect(usedUs.service).toBeGreaterThanOrEqual(Math.max(...Object.values(servicesUs).map(Number)));
      await parts.faultParts['payment-2']?.process.kill();
      expect(await place(parts.address, 2)).toBe(502);
      expect(parts.lostParts()).toEqual(['payment-2']);
    } finally {
      await parts.close();
    }
    const words = parts.lastWords();
    expect(Object.entries(words).filter(([, said]) => said === null)).toEqual([['payment-2', null]]);
    expect([Object.keys(words).toSorted(), chargedCentsOf(words)]).toEqual([names.toSorted(), null]);
    const applied = [...new EvidenceReader(...(parts.evidencePaths ?? [])).more()].filter(
      ({ kind }) => kind === evidenceKinds.applied,
    );
    const done = (sequence: number) => applied.filter((record) => record.sequence === sequence).map(({ part }) => part);
    // Each does it before it asks the next; the ledger is asked by both instances.
    expect(done(1)[0]).toBe(0);
    expect(done(1).toSorted()).toEqual([0, 1, 2, 3, 3]);
    expect(done(2).toSorted()).toEqual([0, 1, 3]);
  }, 30_000);

  it('are all stopped when one of them cannot start', async () => {
    const broken = (topology: Topology) => {
      const { parts, entry } = chain(topology);
      return {
        entry,
        parts: parts.map((part) => (part.name === 'orders' ? { ...part, module: '/nowhere.ts' } : part)),
      };
    };
    // Others use the same Toxiproxy meanwhile.
    const own = async () =>
      (await stack.toxiproxy?.listProxies())?.map(({ name }) => name).filter((name) => name.includes(ownerTag()));
    const before = await own();
    expect(before).toBeDefined();
    await expect(openChain(broken)).rejects.toMatchObject({ code: 'serviceNotReady' });
    expect((await own())?.toSorted()).toEqual(before?.toSorted());
  }, 30_000);
});
