/** Three brokers: every record on all of them, and one that leads can be killed. */
import { randomBytes } from 'node:crypto';
import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startExternalStack } from '../../targets/stack/external-stack.ts';
import { ensurePrograms } from '../../targets/stack/install.ts';
import { startNativeStack } from '../../targets/stack/native-stack.ts';
import { type Link, type RunningBroker, type RunningStack, requireBroker } from '../../targets/stack/stack.ts';
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
  stack = await startNativeStack({ toxiproxy: true, brokers: { kafka: 3 } }, paths, never);
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

it('can be used by addresses alone, through the proxies of all three, and has no processes then', async () => {
  const everyBroker = (link: Link | undefined) => (link === undefined ? [] : [link, ...(link.others ?? [])]);
  const given = (link: Link | undefined) =>
    everyBroker(link).map(({ address: listen, upstream }) => ({ listen, upstream }));
  const { client, service } = kafka.links;
  const external = await startExternalStack(
    { toxiproxy: true, brokers: { kafka: 3 } },
    {
      toxiproxy: stack.toxiproxy?.apiUrl ?? '',
      brokers: { kafka: { address: kafka.directAddress, links: { client: given(client), service: given(service) } } },
    },
    { confirm: async () => false, log: () => undefined, signal: never },
  );
  try {
    const found = requireBroker(external.brokers, 'kafka');
    expect([found.members, external.processes]).toEqual([undefined, {}]);
    expect([found.links.client?.others, found.links.service?.others]).toEqual([client?.others, service?.others]);
    const addresses = everyBroker(found.links.client).map(({ address }) => address);
    expect(new Set(addresses).size).toBe(3);
    const options = { clientId: 'test', bootstrapBrokers: addresses, retries: 3 };
    const name = `${topic}-external`;
    await createTopics(options, { topics: [name], partitions: 3, replicas: 3 });
    const { brokers } = await ask(addresses.join(','), (admin) => admin.metadata({ topics: [name] }));
    expect([...brokers.values()].map(({ host, port }) => `${host}:${port}`).sort()).toEqual([...addresses].sort());
    const producer = new Producer({ ...options, serializers: stringSerializers });
    const consumer = new Consumer({ ...options, groupId: name, deserializers: stringDeserializers });
    const sent = [0, 1, 2].map((partition) => ({ topic: name, partition, key: 'k', value: `to ${partition}` }));
    await producer.send({ messages: sent, acks: -1 });
    const read: (readonly [number, string | undefined])[] = [];
    for await (const { partition, value } of await consumer.consume({ topics: [name], mode: 'earliest' })) {
      read.push([partition, value]);
      if (read.length === sent.length) break;
    }
    expect(read.sort()).toEqual(sent.map(({ partition, value }) => [partition, value]));
    await consumer.close(true);
    await producer.close(true);
  } finally {
    await external.down();
  }
}, 40_000);

it('goes on with another leader when the leader is killed, and takes it back', async () => {
  const part = new LeaderPart(kafka, topic);
  await part.choose();
  const { broker } = part.chosen();
  await part.process.kill();
  // A service that starts again meanwhile finds its topics there, though one that leads is named and gone.
  const options = { clientId: 'test', bootstrapBrokers: kafka.directAddress.split(','), retries: 0 };
  await createTopics(options, { topics: [topic], partitions: 3 });
  const { leaderAfter } = await part.after(30_000);
  expect([1, 2, 3]).toContain(leaderAfter);
  expect(leaderAfter).not.toBe(broker);
  await part.restart();
  expect(part.process.exit).toBeNull();
}, 90_000);
