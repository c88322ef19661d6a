/** Three RabbitMQ nodes that are one: a quorum queue on all of them, whose leader can be killed, and clients that go on elsewhere. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueueTarget, Request } from '../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import { outcomes } from '../../targets/driver.ts';
import { directQueue } from '../../targets/driver-suite/direct-targets.ts';
import { RecordedSession } from '../../targets/driver-suite/recorded-session.ts';
import { guaranteeOf } from '../../targets/guarantee.ts';
import { type RunningService, startReferenceService } from '../../targets/process/reference-service.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { ensurePrograms } from '../../targets/stack/install.ts';
import { startNativeStack } from '../../targets/stack/native-stack.ts';
import { probeRabbitmq } from '../../targets/stack/rabbitmq/probe.ts';
import { type RunningBroker, type RunningStack, requireBroker } from '../../targets/stack/stack.ts';
import { LeaderPart } from './leader-part.ts';

const never = new AbortController().signal;
const target: QueueTarget = { ...directQueue, queue: { type: 'quorum' }, replicas: 3 };
const tag = `leader-${process.pid}`;
let stack: RunningStack;
let rabbitmq: RunningBroker;
let directory: string;
let service: RunningService;
let session: RecordedSession;
let names: Readonly<Record<string, string>>;
let openSession: () => Promise<RecordedSession>;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-nodes-'));
  const paths = await ensurePrograms(['toxiproxy', 'rabbitmq'], {
    confirm: async () => true,
    log: () => undefined,
    signal: never,
  });
  stack = await startNativeStack({ toxiproxy: true, brokers: { rabbitmq: 3 } }, paths, never);
  rabbitmq = requireBroker(stack.brokers, 'rabbitmq');
  const entry = await loadProtocol(target);
  names = entry.resourceNames(tag, target);
  const links = (['service', 'client'] as const).map((name) => {
    const link = rabbitmq.links[name];
    return [link, ...(link?.others ?? [])].map((one) => one?.address ?? '');
  });
  const [ofService = [], ofClient = []] = links;
  expect([ofService.length, ofClient.length]).toEqual([3, 3]);
  service = await startReferenceService(
    entry.servicePath,
    {
      ...{ protocol: 'queue', target, port: 0, broker: ofService.join(','), names },
      ...{ population: { readable: 0, cancellable: 0 }, workTimeMs: 0, rejectRatio: 0, seed: 1 },
      evidencePath: join(directory, 'evidence'),
    },
    join(directory, 'service.log'),
  );
  const { requests, settings } = entry.preset(target, names, { placeOrder: { pattern: 'one-way' } });
  openSession = () =>
    RecordedSession.open({
      driver: entry.driver,
      target: { ...target, ...settings, requests } as QueueTarget,
      address: ofClient.join(','),
      trialTag: tag,
      operations: { placeOrder: { pattern: 'one-way', request: requests.placeOrder as Request } },
      payloads: { placeOrder: [Buffer.from('payload')] },
    });
  session = await openSession();
}, 180_000);

afterAll(async () => {
  await session?.close();
  await service?.stop();
  await stack?.down();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
}, 30_000);

it('is one cluster: what one node is asked for, each has, and an acknowledgement is replicated', async () => {
  expect(rabbitmq.members?.map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(await probeRabbitmq(rabbitmq.directAddress)).toBe(stack.versions.rabbitmq);
  const known = guaranteeOf(target, stack);
  if (stack.versions.rabbitmq?.startsWith('3.10.')) expect(known).toBe('replicated');
}, 30_000);

it('goes on through another node when the leader of the queue is killed, loses nothing, and takes it back', async () => {
  const part = new LeaderPart(rabbitmq, names.requests ?? '');
  await part.choose();
  const { broker, ledQueue } = part.chosen();
  expect([[1, 2, 3].includes(Number(broker)), ledQueue]).toEqual([true, names.requests]);
  const before = await acknowledged(20);
  await part.process.kill();
  const { leaderAfter } = await part.after(30_000);
  expect([1, 2, 3]).toContain(leaderAfter);
  expect(leaderAfter).not.toBe(broker);
  const during = await acknowledged(20, 30_000);
  await part.restart();
  expect(part.process.exit).toBeNull();
  const wanted = before + during;
  const evidence = new EvidenceReader(join(directory, 'evidence'));
  const applied = new Set<number>();
  for (const end = Date.now() + 30_000; applied.size < wanted && Date.now() < end; ) {
    for (const { kind, sequence } of evidence.more()) if (kind === evidenceKinds.applied) applied.add(sequence);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(applied.size).toBeGreaterThanOrEqual(wanted);
}, 150_000);

it('opens through another node where the first of its addresses is gone before it begins', async () => {
  const [first] = rabbitmq.members ?? [];
  await first?.process.kill();
  const opened = await openSession();
  await acknowledged(20, 30_000, opened);
  await opened.close();
  await first?.process.restart();
}, 150_000);

/** Hands over until so many were acknowledged; how many were. */
async function acknowledged(count: number, withinMs = 10_000, by = session): Promise<number> {
  let ok = 0;
  for (const end = Date.now() + withinMs; ok < count && Date.now() < end; ) {
    const { outcome } = await by.run('placeOrder');
    if (outcome === outcomes.ok) ok++;
  }
  expect(ok).toBe(count);
  return ok;
}
