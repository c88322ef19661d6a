/** A record batch that unpacks to more than it may: no memory is lost to it, nor what comes after it. */
import { Admin, Producer } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StreamTarget } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import { createTopics } from './create-topics.ts';
import { streamDriver } from './driver.ts';
import { mostPlainBytes } from './stream-codecs.ts';

let stack: SharedTestStack;
let address: string;
let admin: Admin;
beforeAll(async () => {
  stack = await sharedTestStack({ kafka: true });
  address = stack.broker('kafka').directAddress;
  admin = new Admin({ clientId: 'bomb', bootstrapBrokers: [address] });
});
afterAll(async () => {
  await admin.close();
  await stack.down();
});

describe.each(['platformatic', 'kafkajs'] as const)('with the client %s', (client) => {
  it('what follows the bomb is delivered', async () => {
    const topic = `bomb-${client}-${process.pid}-${Date.now().toString(36)}`;
    await createTopics(
      { clientId: 'bomb', bootstrapBrokers: [address] },
      { topics: [topic], partitions: 1, replicas: 1 },
    );
    const target: StreamTarget = {
      ...{ name: 'events', protocol: 'stream', engine: 'native', via: 'direct', broker: 'kafka', acks: 'all' },
      ...{ lingerMs: 0, partitions: 1, producers: 1, consume: true, client, address, compression: { codec: 'gzip' } },
    };
    const session = await RecordedSession.open({
      driver: streamDriver,
      address,
      target,
      operations: { send: { pattern: 'one-way', request: { topic, value: '{{id}}', headers: {} } } },
    });
    expect((await session.run('send')).outcome).toBe(outcomes.ok);
    const producer = new Producer({ clientId: 'bomber', bootstrapBrokers: [address] });
    const small = { topic, value: Buffer.from('small') };
    const value = Buffer.alloc(mostPlainBytes + 1);
    await producer.send({ messages: [small, { topic, value }, small, small], acks: -1, compression: 'gzip' });
    await producer.close();
    const after = await Promise.all(Array.from({ length: 20 }, () => session.run('send')));
    expect(after.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
    expect(session.violations).toEqual([]);
    await session.close();
    await admin.deleteTopics({ topics: [topic] });
  }, 40_000);
});
