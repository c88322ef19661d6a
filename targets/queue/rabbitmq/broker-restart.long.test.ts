/** A broker of the test's own: one that holds up its publishers, and one that is killed under load and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import amqplib from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueueTarget, Request, Target } from '../../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../domain/evidence.ts';
import { outcomes } from '../../driver.ts';
import { directQueue } from '../../driver-suite/direct-targets.ts';
import { RecordedSession } from '../../driver-suite/recorded-session.ts';
import { startOwnBrokers } from '../../driver-suite/start-own-brokers.ts';
import { type RunningService, startReferenceService } from '../../process/reference-service.ts';
import { until } from '../../process/until.ts';
import { untilBrokerAnswers } from '../../stack/part-health.ts';
import { type RunningStack, requireBroker } from '../../stack/stack.ts';
import { rabbitmqctl } from './fixtures/rabbitmqctl.ts';
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

it('holds up who publishes, and goes on taking the acknowledgements of who consumes', async () => {
  const subject = subjectOf('held-up', { prefetch: 2 });
  const [asking, telling] = [await openSession(subject, 'request-reply', 0), await openSession(subject, 'one-way', 1)];
  const connection = await amqplib.connect(`amqp://${brokerAddress()}`);
  const channel = await connection.createChannel();
  await channel.assertQueue(subject.names.requests ?? '', { durable: true });
  const asked = asking.start('placeOrder');
  await asked.whenSent;
  await until(
    'it is with the broker',
    async () => (await channel.checkQueue(subject.names.requests ?? '')).messageCount,
  );
  const told = await Promise.all(Array.from({ length: 20 }, () => telling.run('placeOrder')));
  expect(told.every(({ outcome }) => outcome === outcomes.ok)).toBe(true);
  await setMemoryLimit('0');
  // Its reply is the first that it publishes, and the last for now: one of its two places stays taken.
  const service = await startService(subject, 0);
  await until('all that was handed over is applied', () => subject.applied().size === 21);
  await until(
    '… and acknowledged',
    async () => (await channel.checkQueue(subject.names.requests ?? '')).messageCount === 0,
  );
  await setMemoryLimit('0.6');
  expect((await asked.whenEnded).outcome).toBe(outcomes.ok);
  await Promise.all([asking.close(), telling.close(), connection.close()]);
  await service.stop();
}, 60_000);

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
    expect([fast.session.reconnects(), slow.session.reconnects()]).toEqual([1, 2]); // a second connection consumes
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
  const subject = subjectOf(durable ? 'durable' : 'transient', { durable, prefetch: 4 });
  const service = await startService(subject, 300);
  return {
    service,
    fast: await openSession(subject, 'one-way', 0),
    slow: await openSession(subject, 'request-reply', 1),
    applied: subject.applied,
  };
}

interface Subject {
  readonly tag: string;
  readonly target: QueueTarget;
  readonly names: Readonly<Record<string, string>>;
  readonly evidencePath: string;
  applied(): Set<string>;
}

function subjectOf(tag: string, settings: Partial<QueueTarget>): Subject {
  const evidencePath = join(directory, `evidence-${tag}`);
  const reader = new EvidenceReader(evidencePath);
  const ids = new Set<string>();
  const applied = () => {
    for (const { kind, producer, sequence } of reader.more()) {
      if (kind === evidenceKinds.applied) ids.add(`${producer}-${sequence}`);
    }
    return ids;
  };
  const target = { ...directQueue, ...settings };
  return { tag, target, names: rabbitmqEntry.resourceNames(tag), evidencePath, applied };
}

const brokerAddress = () => requireBroker(stack.brokers, 'rabbitmq').directAddress;

function startService({ tag, target, names, evidencePath }: Subject, workTimeMs: number): Promise<RunningService> {
  return startReferenceService(
    rabbitmqEntry.servicePath,
    {
      protocol: 'queue',
      target,
      port: 0,
      broker: brokerAddress(),
      names,
      evidencePath,
      population: { readable: 1, cancellable: 0 },
      workTimeMs,
      rejectRatio: 0,
      seed: 1,
    },
    join(directory, `service-${tag}.log`),
  );
}

function openSession({ target, names }: Subject, pattern: 'one-way' | 'request-reply', worker: number) {
  const { requests, settings } = rabbitmqEntry.preset(target, names, { placeOrder: { pattern } });
  return RecordedSession.open({
    driver: rabbitmqEntry.driver,
    target: { ...target, ...settings, requests } as Target,
    address: brokerAddress(),
    worker,
    operations: { placeOrder: { pattern, request: requests.placeOrder as Request } },
    payloads: { placeOrder: [Buffer.from('payload')] },
  });
}

/** At an alarm of its memory it reads nothing more of whoever publishes. */
function setMemoryLimit(ofAll: string): Promise<void> {
  return rabbitmqctl(stack, 'set_vm_memory_high_watermark', ofAll);
}
