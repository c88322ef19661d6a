/** A broker of the test's own, killed under load and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Request, Target } from '../../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../domain/evidence.ts';
import { outcomes } from '../../driver.ts';
import { directQueue } from '../../driver-suite/direct-targets.ts';
import { RecordedSession } from '../../driver-suite/recorded-session.ts';
import { startOwnBrokers } from '../../driver-suite/start-own-brokers.ts';
import { type RunningService, startReferenceService } from '../../process/reference-service.ts';
import { until } from '../../process/until.ts';
import { untilBrokerAnswers } from '../../stack/part-health.ts';
import { type RunningStack, requireBroker } from '../../stack/stack.ts';
import { rabbitmqEntry } from './preset.ts';

let stack: RunningStack;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-restart-'));
  stack = await startOwnBrokers('rabbitmq');
});

afterAll(async () => {
  await stack?.down();
  await rm(directory, { recursive: true, force: true });
});

it('durable messages outlive it, transient queues are declared anew, and every attempt ends exactly once', async () => {
  const rigs = await Promise.all([true, false].map((durable) => openRig(durable)));
  const broker = stack.processes.rabbitmq;
  const inFlight = rigs.map(({ slow }) => Array.from({ length: 8 }, () => slow.start('placeOrder')));
  const handedOver = await Promise.all(
    rigs.map(({ fast }) => Promise.all(Array.from({ length: 20 }, () => fast.run('placeOrder')))),
  );
  for (const attempts of handedOver) expect(attempts.every(({ outcome }) => outcome === outcomes.ok)).toBe(true);
  await Promise.all(inFlight.flat().map(({ whenSent }) => whenSent));
  await broker?.kill();
  for (const { outcome, retryable } of await Promise.all(inFlight.flat().map(({ whenEnded }) => whenEnded))) {
    expect({ outcome, retryable }).toEqual({ outcome: outcomes.failed, retryable: true });
  }
  const waiting = rigs.map(({ fast }) => fast.start('placeOrder'));
  await broker?.restart();
  await untilBrokerAnswers('rabbitmq', requireBroker(stack.brokers, 'rabbitmq').directAddress);
  // Ok, or failed with its connection (whose loss may be told later than the other's), or with no queue to go to yet.
  for (const { whenEnded } of waiting) expect([outcomes.ok, outcomes.failed]).toContain((await whenEnded).outcome);
  for (const { fast } of rigs) await firstOk(fast);
  for (const { slow, fast, applied } of rigs) {
    const ends = await Promise.all(Array.from({ length: 8 }, () => slow.run('placeOrder')));
    expect(ends.map(({ outcome }) => outcome)).toEqual(ends.map(() => outcomes.ok));
    expect([fast.session.reconnects(), slow.session.reconnects()]).toEqual([1, 1]);
    expect([...fast.violations, ...slow.violations]).toEqual([]);
    const durable = rigs[0]?.fast === fast;
    // What was acknowledged before the kill, and not handled yet, was in a durable queue or is gone.
    if (durable) await until('all that was acknowledged is applied', () => applied().size >= 20 + 1 + 8);
  }
  for (const { fast, slow, service } of rigs) {
    await Promise.all([fast.close(), slow.close()]);
    await service.stop();
  }
});

/** The service declares a transient queue anew in its own time: until then the broker returns what is sent to it. */
async function firstOk(session: RecordedSession): Promise<void> {
  for (const end = Date.now() + 20_000; ; await sleep(50)) {
    const { outcome, reason } = await session.run('placeOrder');
    if (outcome === outcomes.ok) return;
    if (Date.now() > end) throw new Error(`no operation ends ok after the restart: ${reason}`);
  }
}

interface Rig {
  readonly service: RunningService;
  /** One-way. */
  readonly fast: RecordedSession;
  /** Request-reply. */
  readonly slow: RecordedSession;
  /** Ids of what was applied. */
  applied(): Set<string>;
}

async function openRig(durable: boolean): Promise<Rig> {
  const address = requireBroker(stack.brokers, 'rabbitmq').directAddress;
  const target = { ...directQueue, durable, prefetch: 4 };
  const names = rabbitmqEntry.resourceNames(durable ? 'durable' : 'transient');
  const evidencePath = join(directory, `evidence-${durable}`);
  const service = await startReferenceService(
    rabbitmqEntry.servicePath,
    {
      protocol: 'queue',
      target,
      port: 0,
      broker: address,
      names,
      evidencePath,
      population: { readable: 1, cancellable: 0 },
      workTimeMs: 300,
      rejectRatio: 0,
      seed: 1,
    },
    join(directory, `service-${durable}.log`),
  );
  const open = (pattern: 'one-way' | 'request-reply', worker: number) => {
    const { requests, settings } = rabbitmqEntry.preset(target, names, { placeOrder: { pattern } });
    return RecordedSession.open({
      driver: rabbitmqEntry.driver,
      target: { ...target, ...settings, requests } as Target,
      address,
      worker,
      operations: { placeOrder: { pattern, request: requests.placeOrder as Request } },
      payloads: { placeOrder: [Buffer.from('payload')] },
    });
  };
  const reader = new EvidenceReader(evidencePath);
  const ids = new Set<string>();
  return {
    service,
    fast: await open('one-way', 0),
    slow: await open('request-reply', 1),
    applied: () => {
      for (const { kind, producer, sequence } of reader.more()) {
        if (kind === evidenceKinds.applied) ids.add(`${producer}-${sequence}`);
      }
      return ids;
    },
  };
}
