/** What a service that knows nothing of us publishes: over HTTP to listeners of its own, or through brokers of the user's. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Admin } from '@platformatic/kafka';
import amqplib from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { type SharedTestStack, sharedTestStack } from '../targets/stack/shared-test-stack.ts';
import { createTopics } from '../targets/stream/create-topics.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('own-push');
const name = `own-push-${process.pid}`;
const count = 3;

/** Whatever is posted to /news/<id> goes to all that listen: by WebSocket, and as server-sent events that begin where asked. */
class News {
  readonly told: string[] = [];
  readonly streams = new Set<ServerResponse>();
  readonly sockets = new WebSocketServer({ noServer: true });

  handle(request: IncomingMessage, response: ServerResponse): void {
    const [, place = '', id = ''] = (request.url ?? '').split('/');
    if (place === 'events') this.#listen(request, response);
    else {
      request.resume();
      response.writeHead(202).end();
      this.told.push(id);
      for (const stream of this.streams) this.#write(stream, this.told.length - 1);
      for (const socket of this.sockets.clients) socket.send(JSON.stringify({ news: { id } }));
    }
  }

  #listen(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    const last = request.headers['last-event-id'];
    for (let n = last === undefined ? this.told.length : Number(last) + 1; n < this.told.length; n++) {
      this.#write(response, n);
    }
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }

  #write(stream: ServerResponse, n: number): void {
    stream.write(`id: ${n}\ndata: ${JSON.stringify({ news: { id: this.told[n] } })}\n\n`);
  }
}

const news = new News();
const server = createServer((request, response) => news.handle(request, response));
let stack: SharedTestStack;
let amqp: amqplib.ChannelModel;
let channel: amqplib.Channel;

beforeAll(async () => {
  stack = await sharedTestStack({ rabbitmq: true, kafka: true });
  server.on('upgrade', (request, socket, head) => {
    news.sockets.handleUpgrade(request, socket, head, (client) => news.sockets.emit('connection', client));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  amqp = await amqplib.connect(`amqp://${stack.broker('rabbitmq').directAddress}`);
  channel = await amqp.createChannel();
  await channel.assertExchange(name, 'fanout', { durable: false });
  await channel.assertQueue(name, { durable: false });
  const kafka = { clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] };
  await createTopics(kafka, { topics: [name], partitions: 2, replicas: 1 });
}, 180_000);

afterAll(async () => {
  await channel.deleteExchange(name);
  await channel.deleteQueue(name);
  await amqp.close();
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [stack.broker('kafka').directAddress] });
  await admin.deleteTopics({ topics: [name] });
  await admin.close();
  server.closeAllConnections();
  server.close();
  await stack.down();
});

const beforeTargets = (condition: string) => `name: own-push
workload: { operations: { tell: { pattern: publish, payload: event } }, payloads: { event: { size: 64B } } }
subscribers: { count: ${count} }
load: { model: open, rate: 40/s, warmup: 200ms, duration: 1500ms, threads: 1 }
conditions: { ${condition} }
repeats: 1
targets:
`;

it('is delivered to each subscriber wherever its events are seen, and what a cut makes them miss is told', async () => {
  const shop = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const posted = `protocol: rest, address: "http://${shop}", requests: { tell: { method: POST, path: "/news/{{id}}", expect: { status: [202] } } }`;
  const queued = `protocol: queue, address: "amqp://${stack.broker('rabbitmq').directAddress}"`;
  // While all subscribers are away no queue takes it.
  const message = 'body: x, mandatory: false, properties: { messageId: "{{id}}" }';
  const { result } =
    await rig.play(`${beforeTargets('cut: [ { at: 400ms, for: 300ms, fault: down, link: subscribers } ]')}
  sse: { ${posted}, events: { sse: "http://${shop}/events", id: { pointer: /news/id } } }
  websocket: { ${posted}, events: { websocket: "ws://${shop}/live", id: { pointer: /news/id } } }
  exchange: { ${queued}, requests: { tell: { exchange: ${name}, routingKey: "", ${message} } }, events: { exchange: ${name}, id: { header: message-id } } }
  queue: { ${queued}, requests: { tell: { exchange: "", routingKey: ${name}, ${message} } }, events: { queue: ${name}, id: { header: message-id } } }
`);
  const told = result.trials.map(({ target, deliveries }) => {
    const { pairs = 0, publications = 0, missed = 0, missedInGaps = 0, reconnects = 0 } = deliveries ?? {};
    const owed = publications > 30 ? pairs / publications : 0;
    return { target, owed, misses: missed > 0, beyondGaps: missed - missedInGaps, reconnects };
  });
  const usual = { owed: count, misses: false, beyondGaps: 0, reconnects: count };
  expect(told.toSorted((a, b) => a.target.localeCompare(b.target))).toEqual([
    { ...usual, target: 'exchange', misses: true },
    { ...usual, target: 'queue', owed: 1 },
    { ...usual, target: 'sse' },
    { ...usual, target: 'websocket', misses: true },
  ]);
}, 180_000);

it('that is a topic is read by each subscriber as a group of its own', async () => {
  const requests = `{ tell: { topic: ${name}, key: "{{id}}", value: x } }`;
  const { result } = await rig.play(`${beforeTargets('calm: []')}
  topic: { protocol: stream, address: "${stack.broker('kafka').directAddress}", requests: ${requests}, events: { topic: ${name}, id: key } }
`);
  const { pairs = 0, publications = 0, missed, twice, outOfOrder, unreadable } = result.trials[0]?.deliveries ?? {};
  expect(publications).toBeGreaterThan(30);
  const told = { owed: pairs / publications, missed, twice, unreadable, outOfOrder };
  // Nothing of the request says the key of an operation: nobody could have kept an order of it.
  expect(told).toEqual({ owed: count, missed: 0, twice: 0, unreadable: 0, outOfOrder: null });
}, 180_000);
