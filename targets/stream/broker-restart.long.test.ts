/** A broker of the test's own, killed under load and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Request, StreamTarget } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { directStream } from '../driver-suite/direct-targets.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { startOwnBrokers } from '../driver-suite/start-own-brokers.ts';
import { startReferenceService } from '../process/reference-service.ts';
import { type RunningStack, requireBroker } from '../stack/stack.ts';
import { streamEntry } from './preset.ts';

let stack: RunningStack;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-restart-'));
  stack = await startOwnBrokers('kafka');
});

afterAll(async () => {
  await stack?.down();
  await rm(directory, { recursive: true, force: true });
});

it('work waits for it with either client, no attempt ends twice, and replies come again', async () => {
  const rigs = await Promise.all((['platformatic', 'kafkajs'] as const).map(openRig));
  const broker = stack.processes.kafka;
  for (const { session } of rigs) expect((await session.run('placeOrder')).outcome).toBe(outcomes.ok);
  await broker?.kill();
  // What the library had not noticed yet may fail; all else waits.
  const during = rigs.map(({ session }) => Array.from({ length: 8 }, () => session.start('placeOrder')));
  await sleep(500);
  const waiting = rigs.map(({ session }) => session.start('placeOrder'));
  await broker?.restart();
  for (const attempt of await Promise.all(waiting.map(({ whenEnded }) => whenEnded))) {
    expect(attempt).toMatchObject({ outcome: outcomes.ok, sentTimes: 1 });
  }
  for (const { outcome, retryable } of await Promise.all(during.flat().map(({ whenEnded }) => whenEnded))) {
    expect(outcome === outcomes.ok || (outcome === outcomes.failed && retryable)).toBe(true);
  }
  for (const { session, service } of rigs) {
    const ends = await Promise.all(Array.from({ length: 8 }, () => session.run('placeOrder')));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
    expect(session.session.reconnects()).toBeGreaterThan(0);
    expect(session.violations).toEqual([]);
    await session.close();
    await service.stop();
  }
});

async function openRig(client: StreamTarget['client']) {
  const address = requireBroker(stack.brokers, 'kafka').directAddress;
  const target: StreamTarget = { ...directStream, partitions: 2, client };
  const names = streamEntry.resourceNames(client);
  const service = await startReferenceService(
    streamEntry.servicePath,
    {
      protocol: 'stream',
      target,
      port: 0,
      broker: address,
      names,
      evidencePath: join(directory, `evidence-${client}`),
      population: { readable: 1, cancellable: 0 },
      workTimeMs: 0,
      rejectRatio: 0,
      seed: 1,
    },
    join(directory, `service-${client}.log`),
  );
  const { requests, settings } = streamEntry.preset(target, names, { placeOrder: { pattern: 'request-reply' } });
  const session = await RecordedSession.open({
    driver: streamEntry.driver,
    target: { ...target, ...settings, requests } as StreamTarget,
    address,
    trialTag: client,
    operations: { placeOrder: { pattern: 'request-reply', request: requests.placeOrder as Request } },
    payloads: { placeOrder: [Buffer.from('payload')] },
  });
  return { service, session };
}
