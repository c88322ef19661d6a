/** What docs/own-system*.md show is true: their scenarios are run against services and brokers that know nothing of us. */
import { join } from 'node:path';
import { Admin } from '@platformatic/kafka';
import amqplib from 'amqplib';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type ForeignServer, startGoHttpbin } from '../targets/driver-suite/foreign-servers.ts';
import { type SharedTestStack, sharedTestStack } from '../targets/stack/shared-test-stack.ts';
import { createTopics } from '../targets/stream/create-topics.ts';
import { benchRig } from './bench-rig.ts';
import { type Changes, expectAllOk, expectSlowed, playShown } from './shown-scenarios.ts';

const rig = benchRig('own-pages');
const exchange = `own-pages-${process.pid}`;
const topic = `own-pages-${process.pid}`;
let stack: SharedTestStack;
let httpbin: ForeignServer;
let amqp: amqplib.ChannelModel;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  amqp = await amqplib.connect(`amqp://${stack.broker('rabbitmq').directAddress}`);
  await (await amqp.createChannel()).assertExchange(exchange, 'topic', { autoDelete: false });
  const client = { clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] };
  await createTopics(client, { topics: [topic], partitions: 3, replicas: 1 });
  httpbin = await startGoHttpbin(join(rig.folder, 'httpbin.log'));
}, 300_000);

afterAll(async () => {
  await httpbin?.process.stop();
  await (await amqp.createChannel()).deleteExchange(exchange);
  await amqp.close();
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] });
  await admin.deleteTopics({ topics: [topic] });
  await admin.close();
  await stack.down();
});

describe.concurrent('the page of', () => {
  it.each<[string, string, () => Changes]>([
    ['the first report', 'first-report', () => [['127.0.0.1:8080', `127.0.0.1:${httpbin.port}`]]],
    ['WebSocket', 'own-websocket', () => [['127.0.0.1:8081/live', `127.0.0.1:${httpbin.port}/websocket/echo`]]],
    [
      'RabbitMQ',
      'own-rabbitmq',
      () => [
        ['127.0.0.1:5672', stack.broker('rabbitmq').directAddress],
        ['exchange: orders', `exchange: ${exchange}`],
      ],
    ],
  ])('%s: every operation is ok', async (_, name, changes) => {
    const [trial] = await playShown(rig, name, changes());
    expectAllOk(trial?.phases.steady);
  });

  it.each<[string, string, number, () => Changes]>([
    ['HTTP', 'own-http', 45_000, () => [['127.0.0.1:8080', `127.0.0.1:${httpbin.port}`]]],
    [
      'Kafka',
      'own-kafka',
      95_000,
      () => [
        ['127.0.0.1:9092', stack.broker('kafka').directAddress],
        ['topic: orders', `topic: ${topic}`],
      ],
    ],
  ])('%s: every operation is ok, and the latency shows', async (_, name, leastUs, changes) => {
    expectSlowed(await playShown(rig, name, changes()), leastUs);
  });
});
