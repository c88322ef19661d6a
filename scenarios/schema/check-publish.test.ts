import { expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';
import { formatProblem } from './problem.ts';

interface Asked {
  readonly target?: string;
  readonly subscribers?: string;
  readonly operations?: string;
  readonly load?: string;
}

const problemsOf = ({
  target = 'protocol: websocket',
  subscribers = 'subscribers: { count: 100 }',
  operations = 'tell: { does: placeOrder, pattern: publish, payload: event }',
  load = 'model: open, rate: 50/s, warmup: 2s, duration: 15s',
}: Asked) => {
  const reading = parseScenario(
    `name: fan-out
workload:
  operations: { ${operations} }
  payloads: { event: { size: 512B } }
${subscribers}
load: { ${load} }
targets: { shop: { ${target} } }
conditions: { calm: [], cut: [ { at: 10%, for: 10%, fault: down, link: subscribers } ] }
`,
    { path: 's.yaml', env: {} },
  );
  return reading.ok ? [] : reading.problems.map(formatProblem);
};

it.each([
  'protocol: websocket',
  'protocol: websocket, push: { log: 0, buffer: 64KiB, overflow: block }',
  'protocol: grpc, calls: stream',
  'protocol: grpc, calls: stream, push: { duplex: true }',
  'protocol: rest, push: { poll: 500ms }',
  'protocol: queue, queue: { type: quorum }, subscribers: 10',
  'protocol: stream, subscription: shared',
])('takes publications to %s, whose subscribers have a link of their own', (target) => {
  expect(problemsOf({ target })).toEqual([]);
});

it.each([
  'protocol: rest, address: "http://127.0.0.1:8080", requests: { tell: { method: POST, path: / } }, events: { sse: "http://127.0.0.1:8080/events", id: { header: id } }',
  'protocol: grpc, address: "127.0.0.1:50051", reflection: true, requests: { tell: { method: a.B/C } }, events: { stream: a.B/Watch, message: { all: true }, id: { pointer: /id } }',
  'protocol: stream, address: "127.0.0.1:9092", requests: { tell: { topic: t, value: x } }, events: { exchange: e, address: "amqp://127.0.0.1", id: { pointer: /id } }',
  'protocol: queue, address: "amqp://127.0.0.1", requests: { tell: { routingKey: q, body: x } }, events: { queue: q, id: { header: message-id } }',
])('takes publications to an own system of which it is said where its events are seen: %s', (target) => {
  expect(problemsOf({ target })).toEqual([]);
});

it.each<[Asked, string]>([
  [
    {
      target:
        'protocol: stream, address: "127.0.0.1:9092", requests: { tell: { topic: t, value: x } }, events: { topic: t, id: key }',
    },
    'conditions.cut[0].link: no target has a link subscribers', // its brokers may be several
  ],
  [
    { target: 'protocol: rest, address: "http://127.0.0.1:8080", requests: { tell: { method: POST, path: / } }' },
    'targets.shop: operation tell is published: say where subscribers have it, events: { topic | queue | exchange | websocket | sse | stream }',
  ],
  [
    {
      target:
        'protocol: websocket, address: "ws://127.0.0.1:8080", requests: { tell: { message: x } }, events: { stream: a.B/Watch, id: { pointer: /id } }',
    },
    'targets.shop.events.stream: is of a gRPC target; this one speaks websocket',
  ],
  [
    {
      target:
        'protocol: rest, address: "http://127.0.0.1:8080", requests: { tell: { method: POST, path: / } }, events: { sse: "http://shop.example/events", id: { header: id } }',
    },
    'targets.shop.events.sse: "shop.example" is outside this machine',
  ],
  [{ subscribers: '' }, 'workload.operations.tell: operation tell is published, and nobody listens'],
  [
    { operations: 'placeOrder: { payload: event }' },
    'subscribers: is for operations with pattern: publish; there is none',
  ],
  [
    { operations: 'placeOrder: {}', subscribers: '', target: 'protocol: rest, push: { poll: 1s }' },
    'targets.shop.push: is for operations with pattern: publish; there is none',
  ],
  [
    { operations: 'tell: { does: placeOrder, pattern: publish }, placeOrder: { pattern: one-way }' },
    'workload.operations.placeOrder: is one-way, while tell is published',
  ],
  [{ target: 'protocol: websocket, instances: 2' }, 'targets.shop.instances: does not go with publications'],
  [{ target: 'protocol: rest, engine: autocannon' }, 'targets.shop.engine: publications are for the native engine'],
  [{ target: 'protocol: rest, push: { poll: 1s, log: 0 }' }, 'targets.shop.push.log: is what a poll reads from'],
  [{ target: 'protocol: grpc, push: { duplex: true }' }, 'targets.shop.push.duplex: needs calls: stream'],
  [
    { target: 'protocol: websocket, client: ws, push: { duplex: true }' },
    'targets.shop.push.duplex: is for client: own; ws takes what comes for answers',
  ],
  [
    { target: 'protocol: websocket, codec: msgpack, push: { duplex: true }' },
    'targets.shop.push.duplex: needs codec: json, as events are written',
  ],
  [{ target: 'protocol: queue, topics: 2' }, 'targets.shop.topics: does not go with publications'],
  [{ target: 'protocol: queue, queue: { type: stream }' }, 'targets.shop.queue.type: does not go with publications'],
  [
    { operations: 'placeOrder: {}', subscribers: '', target: 'protocol: stream, subscribers: 3' },
    'targets.shop.subscribers: is for operations with pattern: publish; there is none',
  ],
  [
    {
      operations: 'tell: { does: placeOrder, pattern: publish }, placeOrder: {}',
      subscribers: 'subscribers: { count: 3, rate: deliveries }',
    },
    'subscribers.rate: is for scenarios in which every operation is published',
  ],
  [
    { target: 'protocol: websocket, subscribers: 10000', load: 'model: open, rate: 1000/s, warmup: 2s, duration: 15s' },
    'targets.shop.subscribers: 10000 subscribers × 17000 publications',
  ],
  [{ target: 'protocol: queue, broker: sqs' }, 'targets.shop.protocol: has no subscribers'],
  [{ load: 'model: closed, users: 3' }, 'load: publications need an open load with a rate or stages'],
])('refuses %j', (asked, problem) => {
  expect(problemsOf(asked)).toContainEqual(expect.stringContaining(problem));
});

it('refuses more deliveries than one account holds, with the arithmetic', () => {
  const load = 'model: open, rate: 1000/s, warmup: 5s, duration: 60s';
  expect(problemsOf({ subscribers: 'subscribers: { count: 384 }', load })).toEqual([]);
  expect(problemsOf({ subscribers: 'subscribers: { count: 385 }', load })).toEqual([
    expect.stringContaining(
      'subscribers.count: 385 subscribers × 65000 publications of a trial are 25,025,000 deliveries to account for, of 4 bytes each (96 MiB); at most 25,000,000',
    ),
  ]);
});
