/** Flows of a service that knows nothing of us: entered by HTTP, settled by what it tells over each kind of event. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Admin, Producer } from '@platformatic/kafka';
import amqplib from 'amqplib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { RunResult } from '../result/result-types.ts';
import { type SharedTestStack, sharedTestStack } from '../targets/stack/shared-test-stack.ts';
import { createTopics } from '../targets/stream/create-topics.ts';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('own-flow');
const name = `own-flow-${process.pid}`;
const settlesAfterMs = 5;

type Telling = Readonly<Record<string, (id: string, event: string) => void>>;

/** Takes an order and settles it a little later: once, twice or never, by the order's number; tells it where it is asked to. */
class Shop {
  readonly statuses = new Map<string, string>();
  readonly #tell: Telling;

  constructor(tell: Telling) {
    this.#tell = tell;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const [, , place = '', id = ''] = (request.url ?? '').split('/');
    if (request.method === 'GET') {
      const status = this.statuses.get(id);
      response.writeHead(status === undefined ? 404 : 200).end(JSON.stringify({ status }));
      return;
    }
    request.resume();
    this.statuses.set(id, 'taken');
    response.writeHead(202).end();
    setTimeout(() => this.#settle(place, id), settlesAfterMs);
  }

  #settle(place: string, id: string): void {
    const tell = (status: string, ofId = id) =>
      this.#tell[place]?.(ofId, JSON.stringify({ order: { id: ofId }, status }));
    tell('paid');
    if (isOpen(place, id)) return;
    this.statuses.set(id, 'shipped');
    tell('shipped');
    if (id.endsWith('5')) tell('shipped');
    if (id.endsWith('7')) tell('shipped', 'somebody-elses-order');
    if (id.endsWith('8')) this.#tell[place]?.('', 'no JSON');
  }
}

const isOpen = (place: string, id: string) => ['exchange', 'poll'].includes(place) && id.endsWith('3');

let stack: SharedTestStack;
let amqp: amqplib.ChannelModel;
let shop: Shop;
let port: number;
let result: RunResult;
let report: string;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  amqp = await amqplib.connect(`amqp://${stack.broker('rabbitmq').directAddress}`);
  const channel = await amqp.createChannel();
  await channel.assertExchange(name, 'topic', { autoDelete: false });
  await channel.assertQueue(name, { durable: false });
  const options = { clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] };
  await createTopics(options, { topics: [name], partitions: 2, replicas: 1 });
  const producer = new Producer(options);
  const sockets = new WebSocketServer({ noServer: true });
  shop = new Shop({
    topic: (id, event) =>
      void producer.send({
        messages: [
          { topic: name, value: Buffer.from(event), headers: new Map([[Buffer.from('order-id'), Buffer.from(id)]]) },
        ],
      }),
    exchange: (_, event) => channel.publish(name, 'order.settled', Buffer.from(event)),
    queue: (id, event) => channel.sendToQueue(name, Buffer.from(event), { correlationId: id }),
    websocket: (_, event) => {
      for (const socket of sockets.clients) socket.send(event);
    },
  });
  const server = createServer((request, response) => shop.handle(request, response));
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  closers.push(
    () => server.close(),
    () => producer.close(),
  );
  const played = await rig.play(scenario());
  ({ result } = played);
  report = played.stdout;
}, 180_000);

afterAll(async () => {
  const channel = await amqp.createChannel();
  await channel.deleteExchange(name);
  await channel.deleteQueue(name);
  await amqp.close();
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] });
  await admin.deleteTopics({ topics: [name] });
  await admin.close();
  for (const close of closers) await close();
  await stack.down();
});

function scenario(): string {
  const rabbitmq = `amqp://${stack.broker('rabbitmq').directAddress}`;
  const until = 'until: { pointer: /status, equals: shipped }';
  const target = (place: string, settled: string) => `  ${place}:
    protocol: rest
    address: http://127.0.0.1:${port}
    via: direct
    requests: { buy: { method: POST, path: "/orders/${place}/{{id}}", expect: { status: [202] } } }
    settled: { ${settled}, ${until}, within: 1s }
`;
  return `name: own-flow
workload: { operations: { buy: { pattern: flow } } }
load: { model: open, rate: 100/s, warmup: 0ms, duration: 600ms }
conditions: { calm: [] }
targets:
${target('topic', `topic: ${name}, address: "${stack.broker('kafka').directAddress}", id: { header: order-id }`)}
${target('exchange', `exchange: ${name}, routingKey: "order.*", address: "${rabbitmq}", id: { pointer: /order/id }`)}
${target('queue', `queue: ${name}, address: "${rabbitmq}", id: { header: correlation-id }`)}
${target('websocket', `websocket: "ws://127.0.0.1:${port}/events", id: { pointer: /order/id }`)}
${target('poll', `poll: "http://127.0.0.1:${port}/orders/poll/{{id}}", every: 20ms`)}`;
}

function flowsOf(target: string) {
  const trial = result.trials.find((one) => one.target === target);
  if (trial?.flows?.observed === undefined) throw new Error(`${target} has no flows`);
  return { trial, flows: trial.flows, observed: trial.flows.observed };
}

describe('flows of a service of the user’s own', () => {
  it.each(['topic', 'exchange', 'queue', 'websocket', 'poll'])('are settled by %s', (target) => {
    const { trial, flows, observed } = flowsOf(target);
    expect(flows.acknowledged).toBeGreaterThan(0);
    expect(observed.settled + (flows.open ?? 0)).toBe(flows.acknowledged);
    expect(observed.interruptions).toBe(0);
    for (const unknown of [flows.completed, flows.stuck, flows.inconsistent, flows.moneyCents.completed]) {
      expect(unknown).toBeNull();
    }
    const settled = trial.phases.steady?.operations.buy?.latencyUs.settled;
    expect(settled?.count).toBe(trial.phases.steady?.counts.offered);
    expect(settled?.min).toBeGreaterThanOrEqual((settlesAfterMs - 1) * 1e3); // a timer may be that early
  });

  it.each(['exchange', 'poll'])('are open where the event of %s never comes', (target) => {
    const { flows } = flowsOf(target);
    expect(flows.open).toBe(Math.floor(((flows.acknowledged ?? 0) + 6) / 10));
    expect(flows.examples.open?.[0]?.id).toMatch(/3$/);
    expect(report).toMatch(new RegExp(`${target}: ${flows.open} of \\d+ flows are open`));
  });

  it.each(['topic', 'exchange', 'queue', 'websocket'])(
    'count once where the event of %s comes twice; others’ are counted apart',
    (target) => {
      const { flows, observed } = flowsOf(target);
      const tenth = (digit: number) => Math.floor(((flows.acknowledged ?? 0) + 9 - digit) / 10);
      expect(observed).toMatchObject({ twice: tenth(5), foreign: tenth(7) });
      expect(observed.unreadable).toBe(tenth(8));
    },
  );

  it('cost what asking for them costs, and are known no finer', () => {
    const { observed, flows } = flowsOf('poll');
    expect(observed.polls).toMatchObject({ failed: 0, everyMs: 20 });
    expect(observed.polls?.requests).toBeGreaterThan(flows.acknowledged ?? 0);
    expect(report).toContain('settled is known to 20 ms');
  });

  it('leave the messages of others in the queue', async () => {
    const channel = await amqp.createChannel();
    const { messageCount } = await channel.checkQueue(name);
    const { observed } = flowsOf('queue');
    expect(messageCount).toBe(observed.foreign + observed.unreadable);
    const path = rig.write('not-empty.yaml', scenario());
    const { code, stderr } = await runBench(['run', path, '--yes', '--target', 'queue', '--out', rig.newOut()]);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain(`Queue ${name} holds ${messageCount} messages, and consuming would take them`);
    await vi.waitFor(async () => expect(await channel.checkQueue(name)).toMatchObject({ messageCount }), 5_000);
    await channel.purgeQueue(name);
    await channel.close();
  });

  it('cannot be observed where nothing is: told before any load', async () => {
    const text = scenario().replace(`exchange: ${name}`, 'exchange: nobody-has-this');
    const path = rig.write('missing.yaml', text);
    const { code, stderr } = await runBench(['run', path, '--yes', '--target', 'exchange', '--out', rig.newOut()]);
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('exchange nobody-has-this');
  });
});
