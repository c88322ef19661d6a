/** Three brokers: every record on all of them, and one that leads can be killed. */
import { randomBytes } from 'node:crypto';
import { Admin } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensurePrograms } from '../../targets/stack/install.ts';
import { startNativeStack } from '../../targets/stack/native-stack.ts';
import { type RunningBroker, type RunningStack, requireBroker } from '../../targets/stack/stack.ts';
import { createTopics } from '../../targets/stream/create-topics.ts';
import { LeaderPart } from './leader-part.ts';

const never = new AbortController().signal;
const topic = `wirebench-cluster-${randomBytes(4).toString('hex')}`;
let stack: RunningStack;
let kafka: RunningBroker;

beforeAll(async () => {
  const paths = await ensurePrograms(['toxiproxy', 'kafka'], {
    confirm: async () => true,
    log: () => undefined,
    signal: never,
  });
  stack = await startNativeStack({ toxiproxy: true, rabbitmq: false, kafka: true, kafkaBrokers: 3 }, paths, never);
  kafka = requireBroker(stack.brokers, 'kafka');
}, 120_000);
afterAll(() => stack?.down());

function ask<T>(address: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: address.split(','), retries: 3 });
  return work(admin).finally(() => admin.close());
}

it('puts each partition on all three, and each link leads to all three', async () => {
  const options = { clientId: 'test', bootstrapBrokers: kafka.directAddress.split(',') };
  await createTopics(options, { topics: [topic], partitions: 3 });
  for (const link of [kafka.links.client, kafka.links.service]) {
    const addresses = [link?.address ?? '', ...(link?.others ?? []).map(({ address }) => address)];
    const { brokers, topics } = await ask(addresses.join(','), (admin) => admin.metadata({ topics: [topic] }));
    expect([...brokers.values()].map(({ host, port }) => `${host}:${port}`).sort()).toEqual([...addresses].sort());
    const replicas = Object.values(topics.get(topic)?.partitions ?? {}).map((one) => [...one.replicas].sort());
    expect(replicas).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  }
}, 20_000);

it('goes on with another leader when the leader is killed, and takes it back', async () => {
  const part = new LeaderPart(kafka.members ?? [], topic);
  await part.choose();
  const { broker } = part.chosen();
  await part.process.kill();
  const { leaderAfter } = await part.after(30_000);
  expect([1, 2, 3]).toContain(leaderAfter);
  expect(leaderAfter).not.toBe(broker);
  await part.restart();
  expect(part.process.exit).toBeNull();
}, 90_000);
