import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Scenario } from '../scenario.ts';
import { parseScenario } from './parse-scenario.ts';
import { formatProblem } from './problem.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirebench-scenario-'));
writeFileSync(
  join(directory, 'shop.proto'),
  `syntax = "proto3"; package shop; message Order { string id = 1; bytes blob = 2; }
   service Orders { rpc Place(Order) returns (Order); }`,
);
afterAll(() => rmSync(directory, { recursive: true }));

function scenarioOf(text: string, cores = 2): Scenario {
  const reading = parseScenario(text, { path: join(directory, 's.yaml'), env: {}, cores });
  if (!reading.ok) throw new Error(reading.problems.map(formatProblem).join('\n'));
  return reading.scenario;
}

const least =
  'name: least\nworkload: { operations: { getOrder: {} } }\nload: { model: open, rate: 100/s }\ntargets: { rest: { protocol: rest } }\n';

/** As the reference documentation shows it. */
const documented = `name: order-flow
question: Should checkout call the order service or hand the order over?          # printed first, answered first
primary: { operation: placeOrder, metric: delivered p99, condition: slow-network, phase: during }   # the one figure that is tested; the rest explores
workload:
  seed: 42
  operations:
    placeOrder:  { weight: 60, pattern: one-way, payload: order }        # acknowledged and delivered, on all five
    getOrder:    { weight: 30, pattern: request-reply }
    cancelOrder: { weight: 10, pattern: request-reply }
  keys: { count: 1000, distribution: uniform }      # or zipf
  payloads:
    order: { size: 1KiB, entropy: 0.4 }     # or template: / file: ; exactly size bytes of JSON-safe ASCII, up to 16 MiB; entropy 0–1 sets how far it compresses
load: { model: open, arrivals: poisson, rate: 500/s, warmup: 3s, duration: 15s }   # closed: { model: closed, users: 50, thinkTime: 0ms, … }
targets:                                            # connections belong to the target; defaults are what production clients do
  rest: { protocol: rest, connections: 64 }         # engine: native | autocannon
  grpc: { protocol: grpc, connections: 2 }          # engine: native | ghz
  websocket: { protocol: websocket, connections: 16 }
  queue:  { protocol: queue,  broker: rabbitmq, durable: true, confirms: true, prefetch: 100 }
  stream: { protocol: stream, broker: kafka, acks: all, linger: 0ms, partitions: 3, producers: 1 }
conditions:
  calm: []
  slow-network: [ { at: 33%, for: 33%, fault: latency, latency: 40ms } ]   # direction: down (default) | up | both; link: client (default) | service | both
resilience: { deadline: 5s, timeout: 2s, retry: { attempts: 3, backoff: exponential, base: 50ms, cap: 1s, jitter: full }, idempotencyKey: true }
thresholds: [ "rest p99 < 100ms in calm", "all lost == 0" ]
repeats: 1
`;

const documentedOwnTargets = `targets:
  shop:   { protocol: rest, address: "http://127.0.0.1:8080", via: direct, requests: { placeOrder: {
              method: POST, path: "/v1/orders/{{id}}", headers: { content-type: application/json }, body: "{{payload}}", expect: { status: [200, 201] } } } }
  rpc:    { protocol: grpc, address: "127.0.0.1:50051", proto: ./shop.proto, requests: { placeOrder: {      # or reflection: true
              method: shop.Orders/Place, message: { id: "{{id}}", blob: "{{payloadBase64}}" } } } }
  socket: { protocol: websocket, address: "ws://127.0.0.1:8081/live", requests: { placeOrder: { message: '{"id":"{{id}}"}', replyId: "/id" } } }   # JSON pointer to the id in the answer
  jobs:   { protocol: queue, address: "amqp://127.0.0.1:5672", requests: { placeOrder: { exchange: "", routingKey: jobs, body: "{{payload}}" } } }
  events: { protocol: stream, address: "127.0.0.1:9092", requests: { placeOrder: { topic: orders, key: "{{key}}", value: "{{payload}}" } } }
`;

describe('a valid scenario', () => {
  it('is the documented one', () => {
    const scenario = scenarioOf(documented);
    expect(Object.keys(scenario.targets)).toEqual(['rest', 'grpc', 'websocket', 'queue', 'stream']);
    expect(scenario.load).toMatchObject({ model: 'open', ratePerSecond: 500, durationMs: 15_000, maxInFlight: 3_125 });
    expect(scenario.conditions['slow-network']).toEqual([
      { fault: 'latency', latencyMs: 40, jitterMs: 0, direction: 'down', atMs: 4_950, forMs: 4_950, link: 'client' },
    ]);
    expect(scenario.thresholds).toHaveLength(2);
    expect(scenario.primary).toEqual({
      operation: 'placeOrder',
      metric: 'delivered p99',
      condition: 'slow-network',
      phase: 'during',
    });
  });

  it('is the documented one with own systems', () => {
    const rest =
      'name: own\nworkload: { operations: { placeOrder: { payload: order } }, payloads: { order: { size: 1KiB } } }\n';
    const scenario = scenarioOf(`${rest}load: { model: open, rate: 100/s }\n${documentedOwnTargets}`);
    const { shop, rpc, socket, jobs, events } = scenario.targets;
    expect(shop).toMatchObject({
      via: 'direct',
      requests: { placeOrder: { body: '{{payload}}', expect: { status: [200, 201] } } },
    });
    expect(rpc).toMatchObject({ via: 'toxiproxy', proto: join(directory, 'shop.proto'), reflection: false });
    expect(socket).toMatchObject({ requests: { placeOrder: { replyId: '/id' } } });
    expect(jobs).toMatchObject({ consume: false, requests: { placeOrder: { exchange: '', headers: {} } } });
    expect(events).toMatchObject({ requests: { placeOrder: { topic: 'orders', key: '{{key}}' } } });
  });

  it('has production defaults for whatever it leaves out', () => {
    expect(scenarioOf(least)).toEqual({
      name: 'least',
      workload: {
        seed: 42,
        operations: { getOrder: { weight: 1, pattern: 'request-reply' } },
        keys: { count: 1_000, distribution: 'uniform' },
        payloads: {},
        service: { workTimeMs: 0, rejectRatio: 0 },
      },
      load: {
        model: 'open',
        arrivals: 'poisson',
        recording: null,
        search: null,
        ratePerSecond: 100,
        stages: [{ forMs: 15_000, fromPerSecond: 100, toPerSecond: 100 }],
        warmupMs: 3_000,
        warmupUntilSteady: false,
        durationMs: 15_000,
        maxInFlight: 250,
        threads: 1,
      },
      targets: {
        rest: {
          name: 'rest',
          protocol: 'rest',
          connections: 64,
          client: 'own',
          codec: 'json',
          engine: 'native',
          via: 'toxiproxy',
        },
      },
      conditions: { calm: [] },
      resilience: {
        deadlineMs: 2_000,
        timeoutMs: 2_000,
        retry: { attempts: 1, backoff: 'exponential', baseMs: 50, capMs: 1_000, jitter: 'full' },
        idempotencyKey: false,
      },
      thresholds: [],
      brokers: {},
      repeats: 1,
      sweep: {},
      allowHosts: [],
    });
  });

  it('has defaults of each protocol', () => {
    const targets =
      'targets: { g: { protocol: grpc }, w: { protocol: websocket }, q: { protocol: queue }, s: { protocol: stream } }';
    const { g, w, q, s } = scenarioOf(least.replace('targets: { rest: { protocol: rest } }', targets)).targets;
    expect([g, w]).toMatchObject([{ connections: 2 }, { connections: 16 }]);
    expect(q).toMatchObject({ broker: 'rabbitmq', durable: true, confirms: true, prefetch: 100, consume: false });
    expect(s).toMatchObject({ acks: 'all', lingerMs: 0, partitions: 3, producers: 1, client: 'platformatic' });
  });

  it('may have a closed model, with as many in flight as users', () => {
    const closed = least.replace(
      '{ model: open, rate: 100/s }',
      '{ model: closed, users: 50, thinkTime: 10ms, duration: 1m }',
    );
    expect(scenarioOf(closed).load).toEqual({
      model: 'closed',
      users: 50,
      thinkTimeMs: 10,
      maxInFlight: 50,
      warmupMs: 3_000,
      warmupUntilSteady: false,
      durationMs: 60_000,
      threads: 1,
    });
  });

  it('may warm up until it is steady, for 30 s at most', () => {
    const automatic = least.replace('rate: 100/s', 'rate: 100/s, warmup: auto');
    expect(scenarioOf(automatic).load).toMatchObject({ warmupMs: 30_000, warmupUntilSteady: true });
  });

  it('takes one load thread on two cores, more where there are more', () => {
    const auto = least.replace('rate: 100/s', 'rate: 100/s, threads: auto');
    expect([1, 2, 4, 8, 64].map((cores) => scenarioOf(auto, cores).load.threads)).toEqual([1, 1, 1, 3, 8]);
    const narrow = auto.replace('protocol: rest', 'protocol: rest, connections: 2');
    expect(scenarioOf(narrow, 64).load.threads).toBe(2);
  });

  it('shortens the time-out to the deadline', () => {
    const { deadlineMs, timeoutMs } = scenarioOf(`${least}resilience: { deadline: 300ms }\n`).resilience;
    expect([deadlineMs, timeoutMs]).toEqual([300, 300]);
  });

  it('lets 1,000 wait at a service with a concurrency, unless it says otherwise', () => {
    const withService = (service: string) =>
      scenarioOf(least.replace('workload: {', `workload: { service: { ${service} },`)).workload.service;
    expect(withService('concurrency: 4')).toMatchObject({ concurrency: 4, waiting: 1_000 });
    expect(withService('concurrency: 4, waiting: 0')).toMatchObject({ concurrency: 4, waiting: 0 });
    expect(withService('workTime: 1ms')).toEqual({ workTimeMs: 1, rejectRatio: 0 });
  });

  it.each([
    ['rest', 'gzip'],
    ['grpc', 'gzip'],
    ['websocket', 'deflate'],
    ['queue', 'zstd'],
  ])('compresses every body of %s, unless it says from which size on', (protocol, codec) => {
    const compressionOf = (written: string) => {
      const target = `{ rest: { protocol: ${protocol}, compression: ${written} } }`;
      return scenarioOf(least.replace('{ rest: { protocol: rest } }', target)).targets.rest;
    };
    expect(compressionOf(codec)).toMatchObject({ compression: { codec } });
    expect(compressionOf(`{ codec: ${codec} }`)).toMatchObject({ compression: { codec, minBytes: 0 } });
    expect(compressionOf(`{ codec: ${codec}, minBytes: 1KiB }`)).toMatchObject({
      compression: { codec, minBytes: 1_024 },
    });
  });

  it('merges what a target says of resilience over what the scenario says', () => {
    const text = least.replace(
      '{ protocol: rest }',
      '{ protocol: rest, resilience: { deadline: 1s, retry: { backoff: none } } }, grpc: { protocol: grpc }',
    );
    const { targets, resilience } = scenarioOf(
      `${text}resilience: { deadline: 4s, timeout: 2s, retry: { attempts: 4, base: 20ms } }\n`,
    );
    expect(resilience.retry.backoff).toBe('exponential');
    expect(targets.grpc?.resilience).toBeUndefined();
    expect(targets.rest?.resilience).toEqual({
      deadlineMs: 1_000,
      timeoutMs: 1_000,
      retry: { attempts: 4, backoff: 'none', baseMs: 20, capMs: 1_000, jitter: 'full' },
      idempotencyKey: false,
    });
  });

  it('has policies where they are asked for, with defaults', () => {
    const policies = '{ retry: { attempts: 3, budget: {} }, breaker: {}, limit: { maxConcurrent: 8 }, fallback: true }';
    const { resilience } = scenarioOf(`${least}resilience: ${policies}\n`);
    expect(resilience.retry.budget).toEqual({ ratio: 0.1, burst: 10 });
    expect(resilience.breaker).toEqual({
      failureRatio: 0.5,
      windowMs: 10_000,
      minimumOperations: 20,
      openForMs: 5_000,
      probes: 1,
    });
    expect(resilience.limit).toEqual({ maxConcurrent: 8, waiting: 0 });
    expect(resilience.fallback).toEqual({ kind: 'default' });
  });

  it('lets a scenario have a budget that only a target’s retries need', () => {
    const text = least.replace('{ protocol: rest }', '{ protocol: rest, resilience: { retry: { attempts: 2 } } }');
    expect(scenarioOf(`${text}resilience: { retry: { budget: {} } }\n`).targets.rest?.resilience?.retry.budget).toEqual(
      {
        ratio: 0.1,
        burst: 10,
      },
    );
  });

  it('makes room in flight for the target with the longest deadline', () => {
    const text = least.replace('{ protocol: rest }', '{ protocol: rest, resilience: { deadline: 8s } }');
    expect(scenarioOf(text).load.maxInFlight).toBe(1_000);
  });

  it('measures the primary figure where the condition is at its worst', () => {
    const condition = 'conditions: { calm: [], cut: [ { at: 50%, for: 1s, fault: down } ] }\n';
    const primaryOf = (name: string) =>
      scenarioOf(`${least}${condition}primary: { operation: getOrder, metric: p99, condition: ${name} }\n`).primary;
    expect(primaryOf('calm')).toMatchObject({ phase: 'steady', metric: 'offered p99' });
    expect(primaryOf('cut')).toMatchObject({ phase: 'during' });
  });

  it('lets aliases repeat a part', () => {
    const text = least.replace('{ rest: { protocol: rest } }', '{ a: &t { protocol: rest, connections: 8 }, b: *t }');
    expect(scenarioOf(text).targets).toMatchObject({ a: { connections: 8 }, b: { connections: 8 } });
  });
});

function firstProblem(text: string): string {
  const reading = parseScenario(text, { path: 's.yaml', env: {} });
  const syntax = reading.ok ? [] : reading.problems.filter(({ message }) => !/is missing|unknown key/.test(message));
  return syntax.map(formatProblem).join('\n');
}

describe('a text that is no scenario', () => {
  it.each([
    ['nothing', '', 's.yaml:1:1: the file is empty; `bench init` writes a scenario to start from'],
    ['a comment', '# soon\n', 's.yaml:1:1: the file is empty; `bench init` writes a scenario to start from'],
    ['a list', '- a\n', 's.yaml:1:1: a scenario is a mapping of keys such as name, workload, load and targets'],
    ['prose', 'hello world', 's.yaml:1:1: a scenario is a mapping of keys such as name, workload, load and targets'],
    [
      'two documents',
      'name: a\n---\nname: b\n',
      's.yaml:2:1: a scenario is one YAML document; another one begins here',
    ],
    ['an open quote', 'name: "a\n', 's.yaml:2:1: not YAML: Missing closing "quote'],
    ['a tab', 'name:\n\ta: 1\n', 's.yaml:2:1: not YAML: Tabs are not allowed as indentation'],
    ['a tag', 'name: !env X\n', 's.yaml:1:7: the tag !env means nothing here'],
    ['a key that is a list', '? [1]\n: 2\n', 's.yaml:1:3: a key must be text'],
    ['an alias of nothing', 'a: *b\n', 's.yaml:1:4: a: *b stands for nothing: there is no &b before it'],
    ['a cycle', 'a: &a\n  b: { c: *a }\n', 's.yaml:2:11: a.b.c: *a refers to itself'],
    ['a cycle of lists', 'x: &x [1, *x]\n', 's.yaml:1:11: x[1]: *x refers to itself'],
    [
      'a megabyte',
      `name: ${'x'.repeat(1e6)}`,
      's.yaml:1:1: is larger than 256KiB; put large payloads into files of their own',
    ],
  ])('%s', (_, text, expected) => {
    expect(firstProblem(text)).toBe(expected);
  });

  it('may explode by aliases: refused at the alias where it gets too much', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join(', ')}]`;
    const bomb = [
      level('a', 'x'),
      level('b', '*a'),
      level('c', '*b'),
      level('d', '*c'),
      level('e', '*d'),
      level('f', '*e'),
      level('g', '*f'),
    ];
    const problem = firstProblem(bomb.join('\n'));
    expect(problem).toMatch(
      /^s\.yaml:5:\d+: e\[\d\]: its aliases stand for more than 10000 values; write them out, or fewer$/,
    );
  });

  it.each([
    ['lists', '['],
    ['mappings', '{a: '],
    ['dashes', '- '],
  ])('may nest without end: %s', (_, opening) => {
    expect(firstProblem(opening.repeat(40_000 / opening.length))).toMatch(/^s\.yaml:1:\d+: is nested too deeply$/);
  });

  it('may nest too deeply for sense', () => {
    expect(firstProblem(`a: ${'['.repeat(100)}${']'.repeat(100)}`)).toMatch(
      /^s\.yaml:1:68: a(\[0\])+: is nested too deeply$/,
    );
  });

  it('reads an alias as the anchor before it, even where the anchor is set again', () => {
    const text = 'one: &v [ &w a, *w ]\ntwo: &w b\nname: *v\n';
    expect(firstProblem(text)).toBe('s.yaml:3:7: name: expected text, not a list');
  });
});
