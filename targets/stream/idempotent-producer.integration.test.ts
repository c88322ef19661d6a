/** Answers that get lost after the broker has written: what is sent again, and whether the service meets it twice. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Request, StreamTarget } from '../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../domain/evidence.ts';
import { outcomes } from '../driver.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { startReferenceService } from '../process/reference-service.ts';
import { until } from '../process/until.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import { streamEntry } from './preset.ts';

const orders = 6;
let stack: SharedTestStack;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-idempotent-'));
  stack = await sharedTestStack({ kafka: true });
});
afterAll(async () => {
  await stack?.toxiproxy.reset();
  await stack?.down();
  await rm(directory, { recursive: true, force: true });
});

it.each([
  { idempotent: false, retried: orders, received: 2 * orders },
  { idempotent: true, retried: 0, received: orders },
])('idempotent: $idempotent', async ({ idempotent, retried, received }) => {
  const rig = await openRig(idempotent);
  expect((await rig.session.run('placeOrder')).outcome).toBe(outcomes.ok);
  await until('the first is received', () => rig.received() === 1);
  await rig.muteAnswers();
  const running = Array.from({ length: orders }, () => rig.session.start('placeOrder'));
  await until('the broker has them all', () => rig.received() === 1 + orders);
  await rig.cut();
  const ended = await Promise.all(running.map(({ whenEnded }) => whenEnded));
  const failed = ended.filter(({ outcome, retryable }) => outcome === outcomes.failed && retryable);
  expect(failed.length).toBe(retried);
  // As a retry of the load loop: the same operation in a new record.
  const again = failed.map(({ id, sequence }) => rig.session.run('placeOrder', { id, sequence, attempt: 2 }));
  expect((await Promise.all(again)).every(({ outcome }) => outcome === outcomes.ok)).toBe(true);
  expect((await rig.session.run('placeOrder')).outcome).toBe(outcomes.ok);
  await until('all of it is received', () => rig.received() >= 2 + received);
  expect(rig.received()).toBe(2 + received);
  expect(rig.session.violations).toEqual([]);
  await rig.session.close();
  await rig.service.stop();
});

async function openRig(idempotent: boolean) {
  const { directAddress, links } = stack.broker('kafka');
  const target: StreamTarget = {
    ...{ name: 'stream', protocol: 'stream', engine: 'native', via: 'toxiproxy', broker: 'kafka' },
    ...{ client: 'platformatic', acks: 'all', lingerMs: 0, partitions: 1, producers: 1, consume: false },
    idempotent,
  };
  const tag = `idempotent-${idempotent}-${process.pid}-${Date.now()}`;
  const names = streamEntry.resourceNames(tag);
  const evidencePath = join(directory, tag);
  const service = await startReferenceService(
    streamEntry.servicePath,
    {
      ...{ protocol: 'stream', target, port: 0, broker: directAddress, names, evidencePath },
      ...{ population: { readable: 0, cancellable: 0 }, workTimeMs: 0, rejectRatio: 0, seed: 1 },
    },
    join(directory, `${tag}.log`),
  );
  const { requests, settings } = streamEntry.preset(target, names, { placeOrder: { pattern: 'one-way' } });
  const session = await RecordedSession.open({
    driver: streamEntry.driver,
    target: { ...target, ...settings, requests } as StreamTarget,
    address: links.client?.address ?? '',
    trialTag: tag,
    operations: { placeOrder: { pattern: 'one-way', request: requests.placeOrder as Request } },
    payloads: { placeOrder: [Buffer.from('payload')] },
  });
  const proxy = links.client?.proxy ?? '';
  const reader = new EvidenceReader(evidencePath);
  let received = 0;
  return {
    service,
    session,
    received() {
      for (const { kind } of reader.more()) if (kind === evidenceKinds.received) received++;
      return received;
    },
    muteAnswers: () =>
      stack.toxiproxy.addToxic(proxy, {
        name: 'mute',
        type: 'timeout',
        stream: 'downstream',
        attributes: { timeout: 0 },
      }),
    async cut() {
      await stack.toxiproxy.setEnabled(proxy, false);
      await stack.toxiproxy.removeToxic(proxy, 'mute');
      await stack.toxiproxy.setEnabled(proxy, true);
    },
  };
}
