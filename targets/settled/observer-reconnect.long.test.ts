/** Observers of brokers that are cut off and come back, through Toxiproxy: what was kept is seen, what was not is told. */
import { Producer } from '@platformatic/kafka';
import amqplib from 'amqplib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SettledSettings } from '../../scenarios/settled-settings.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import type { Link } from '../stack/stack.ts';
import { createTopics } from '../stream/create-topics.ts';
import { openObserver } from './open-observer.ts';

const name = `observer-${process.pid}`;
const soon = { timeout: 30_000, interval: 50 };
const id = { pointer: '/id' } as const;

let stack: SharedTestStack;
let amqp: amqplib.ChannelModel;
let channel: amqplib.ConfirmChannel;
let producer: Producer;
let rabbitmq: Link;
let kafka: Link;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  const { directAddress } = stack.broker('rabbitmq');
  rabbitmq = await stack.openLink('client', directAddress);
  const { client } = stack.broker('kafka').links;
  if (client === undefined) throw new Error('Kafka has no link');
  kafka = client;
  amqp = await amqplib.connect(`amqp://${directAddress}`);
  channel = await amqp.createConfirmChannel();
  await channel.assertExchange(name, 'topic', { autoDelete: false });
  await channel.assertQueue(name, { durable: false });
  const options = { clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] };
  await createTopics(options, { topics: [name], partitions: 2, replicas: 1 });
  producer = new Producer(options);
}, 180_000);

afterAll(async () => {
  await channel.deleteExchange(name);
  await channel.deleteQueue(name);
  await amqp.close();
  await producer.close();
  await stack.down();
});

interface Watched {
  readonly settings: () => SettledSettings;
  readonly link: () => Link;
  readonly tell: (id: string) => Promise<unknown>;
  /** Of `one`, `away` and `back`; `away` is told while it is cut off. */
  readonly seen: readonly string[];
  readonly interruptions: number;
}

const body = (told: string) => Buffer.from(JSON.stringify({ id: told }));
const watched: Readonly<Record<string, Watched>> = {
  topic: {
    settings: () => ({ by: 'topic', topic: name, address: kafka.address, id: 'key', withinMs: 1 }),
    link: () => kafka,
    tell: (told) =>
      producer.send({ messages: [{ topic: name, key: Buffer.from(told), value: Buffer.from('no JSON') }] }),
    seen: ['one', 'away', 'back'],
    interruptions: 0,
  },
  queue: {
    settings: () => ({
      ...{ by: 'queue', queue: name, mayDiscard: true, address: `amqp://${rabbitmq.address}`, id, withinMs: 1 },
    }),
    link: () => rabbitmq,
    tell: async (told) => {
      channel.sendToQueue(name, body(told));
      await channel.waitForConfirms();
    },
    seen: ['one', 'away', 'back'],
    interruptions: 0,
  },
  exchange: {
    settings: () => ({
      ...{ by: 'exchange', exchange: name, routingKey: '#', address: `amqp://${rabbitmq.address}`, id, withinMs: 1 },
    }),
    link: () => rabbitmq,
    tell: async (told) => {
      channel.publish(name, 'order.settled', body(told));
      await channel.waitForConfirms();
    },
    seen: ['one', 'back'],
    interruptions: 1,
  },
};

describe.each(Object.keys(watched))('a %s that is observed', (place) => {
  it('is observed again once the broker can be reached, and what nobody kept meanwhile is told', async () => {
    const { settings, link, tell, seen, interruptions } = watched[place] as Watched;
    const ids = new Set<string>();
    let cutOff = 0;
    const sink = {
      settled: (told: string) => void ids.add(told),
      unreadable: () => expect.unreachable('each holds an id'),
      interrupted: () => void cutOff++,
    };
    const observer = await openObserver(settings(), sink, { name: `${name}-${place}` });
    try {
      await tell('one');
      await vi.waitFor(() => expect([...ids]).toEqual(['one']), soon);
      await stack.toxiproxy.setEnabled(link().proxy, false);
      if (interruptions > 0) await vi.waitFor(() => expect(cutOff).toBe(interruptions), soon);
      await tell('away');
      await stack.toxiproxy.setEnabled(link().proxy, true);
      // Nothing says when an exclusive queue is there again: told until it is heard.
      await vi.waitFor(async () => {
        if (interruptions > 0 || !ids.has('back')) await tell('back');
        expect(ids).toContain('back');
      }, soon);
      await vi.waitFor(() => expect(new Set(ids)).toEqual(new Set(seen)), soon);
      expect(cutOff).toBe(interruptions);
    } finally {
      await stack.toxiproxy.setEnabled(link().proxy, true);
      await observer.close();
    }
  }, 120_000);
});

it('a queue that was deleted is observed again once there is another, and that nobody kept what came is told', async () => {
  const { settings, tell } = watched.queue as Watched;
  const ids = new Set<string>();
  let interruptions = 0;
  const sink = {
    settled: (told: string) => void ids.add(told),
    unreadable: () => expect.unreachable('each holds an id'),
    interrupted: () => void interruptions++,
  };
  const observer = await openObserver(settings(), sink, { name: `${name}-deleted` });
  try {
    await channel.deleteQueue(name);
    await vi.waitFor(() => expect(interruptions).toBe(1), soon);
    await channel.assertQueue(name, { durable: false });
    await tell('anew');
    await vi.waitFor(() => expect([...ids]).toEqual(['anew']), soon);
    expect(interruptions).toBe(1);
  } finally {
    await observer.close();
  }
}, 60_000);
