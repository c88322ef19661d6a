/** A broker whose memory or disk is low: publishers are held back, told so, and go on; nothing that was acknowledged is lost. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Request, Target } from '../../../scenarios/scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../domain/evidence.ts';
import { outcomes } from '../../driver.ts';
import { directQueue } from '../../driver-suite/direct-targets.ts';
import { RecordedSession } from '../../driver-suite/recorded-session.ts';
import { startOwnBrokers } from '../../driver-suite/start-own-brokers.ts';
import { startReferenceService } from '../../process/reference-service.ts';
import { until } from '../../process/until.ts';
import { type RunningStack, requireBroker } from '../../stack/stack.ts';
import { rabbitmqctl } from './fixtures/rabbitmqctl.ts';
import { rabbitmqEntry } from './preset.ts';

const orders = 20;
let stack: RunningStack;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-alarms-'));
  stack = await startOwnBrokers('rabbitmq');
}, 120_000);

afterAll(async () => {
  await stack?.down();
  await rm(directory, { recursive: true, force: true });
});

it.each([
  { low: 'memory', alarm: ['set_vm_memory_high_watermark', '0'], calm: ['set_vm_memory_high_watermark', '0.6'] },
  { low: 'disk', alarm: ['set_disk_free_limit', '1000000GB'], calm: ['set_disk_free_limit', '50MB'] },
])(
  'low on $low: says so, takes nothing, and then all of it',
  async ({ low, alarm, calm }) => {
    const names = rabbitmqEntry.resourceNames(`low-${low}`);
    const broker = requireBroker(stack.brokers, 'rabbitmq').directAddress;
    const evidence = join(directory, `evidence-${low}`);
    const service = await startReferenceService(
      rabbitmqEntry.servicePath,
      {
        ...{ protocol: 'queue', target: directQueue, port: 0, broker, names, evidencePath: evidence },
        ...{ population: { readable: 0, cancellable: 0 }, workTimeMs: 0, rejectRatio: 0, seed: 1 },
      },
      join(directory, `service-${low}.log`),
    );
    const { requests, settings } = rabbitmqEntry.preset(directQueue, names, { placeOrder: { pattern: 'one-way' } });
    const session = await RecordedSession.open({
      driver: rabbitmqEntry.driver,
      target: { ...directQueue, ...settings, requests } as Target,
      address: broker,
      operations: { placeOrder: { pattern: 'one-way', request: requests.placeOrder as Request } },
      payloads: { placeOrder: [Buffer.from('payload')] },
    });
    try {
      expect((await session.run('placeOrder')).outcome).toBe(outcomes.ok);
      await rabbitmqctl(stack, ...alarm);
      // The broker tells a connection of its alarm once that publishes: the first ones are on their way by then.
      const held = Array.from({ length: orders }, () => session.start('placeOrder'));
      await until('we are told', () => (session.session.blockedPublishers?.() ?? null) !== null);
      const later = Array.from({ length: orders }, () => session.start('placeOrder'));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(later.every(({ outcome }) => outcome === null)).toBe(true);
      await rabbitmqctl(stack, ...calm);
      const ended = await Promise.all([...held, ...later].map(({ whenEnded }) => whenEnded));
      expect(new Set(ended.map(({ outcome }) => outcome))).toEqual(new Set([outcomes.ok]));
      expect(session.session.blockedPublishers?.()).toMatchObject({ times: 1, reason: `low on ${low}` });
      const reader = new EvidenceReader(evidence);
      let applied = 0;
      await until('all of it is applied', () => {
        for (const { kind } of reader.more()) if (kind === evidenceKinds.applied) applied++;
        return applied === 2 * orders + 1;
      });
    } finally {
      await session.close();
      await service.stop();
    }
  },
  60_000,
);
