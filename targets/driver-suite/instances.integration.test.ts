/** Several processes of one service: connections spread over them, consumers that compete, one that joins under load. */
import { expect, it } from 'vitest';
import type { Target } from '../../scenarios/scenario.ts';
import { evidenceKinds } from '../domain/evidence.ts';
import { until } from '../process/until.ts';
import { directQueue, directStream } from './direct-targets.ts';
import { handOverRig } from './hand-over-rig.ts';

const orders = 60;
const open = handOverRig('instances');

const common = { engine: 'native', via: 'direct', instances: 2 } as const;
const targets = [
  { ...common, name: 'rest', protocol: 'rest', connections: 4 },
  { ...common, name: 'grpc', protocol: 'grpc', connections: 2, reflection: false },
  { ...common, name: 'websocket', protocol: 'websocket', connections: 4 },
  { ...directQueue, ...common, prefetch: 4 },
  { ...directStream, ...common, partitions: 8 },
] satisfies readonly Target[];

it.concurrent.each(targets)('$name: each of two instances has a share of the load', async (target) => {
  const rig = await openRig(target);
  for (let n = 0; n < orders; n += 10) await rig.send(10);
  await until('all are applied', () => rig.applied().size >= orders);
  expect(Math.min(...rig.byInstance())).toBeGreaterThan(orders / 10);
  await rig.close();
});

it.concurrent.each(targets.slice(3))(
  '$name: who hands over notices none that goes or joins, and nothing is lost',
  async (target) => {
    const rig = await openRig(target);
    await rig.send(10);
    await rig.services[1]?.process.kill();
    await rig.send(20);
    await rig.services[1]?.restart();
    await rig.send(30);
    await until('all are applied', () => rig.applied().size === orders, 30_000);
    await rig.close();
  },
);

it.concurrent('rest: with one of two instances gone for good the other one goes on', async () => {
  const rig = await openRig(targets[0] as Target);
  await rig.services[1]?.process.kill();
  const outcomes = [await rig.send(20), await rig.send(20), await rig.send(20)].flat();
  expect(outcomes.filter((ok) => ok).length).toBeGreaterThan(orders / 2);
  await rig.close();
});

async function openRig(target: Target) {
  const { services, session, evidence } = await open(target, { workTimeMs: 2 }, 2);
  const applied = new Map<number, number>();
  const read = () => {
    for (const { kind, sequence, part } of evidence.more())
      if (kind === evidenceKinds.applied) applied.set(sequence, part);
    return applied;
  };
  return {
    services,
    applied: read,
    byInstance: () => [0, 1].map((instance) => [...read().values()].filter((part) => part === instance).length),
    async send(count: number): Promise<boolean[]> {
      const ended = await Promise.all(Array.from({ length: count }, () => session.run('placeOrder')));
      return ended.map(({ reason }) => reason === '');
    },
    async close() {
      expect(session.violations).toEqual([]);
      await session.close();
      for (const service of services.toReversed()) await service.stop();
    },
  };
}
