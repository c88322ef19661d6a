import { describe, expect, it } from 'vitest';
import { isAllowedHost, readAddress } from './address.ts';
import { parseScenario } from './parse-scenario.ts';

/** Messages about a scenario with this one target, which stands on line 4. */
function messagesOf(target: string, more = ''): string[] {
  const operations =
    'workload: { operations: { placeOrder: { payload: order }, ping: {} }, payloads: { order: { size: 1B } } }';
  const text = `name: own\n${operations}\nload: { model: open, rate: 1/s }\ntargets: { t: ${target} }\n${more}`;
  const reading = parseScenario(text, { path: 's.yaml', env: {} });
  if (reading.ok) return [];
  return reading.problems.map(
    ({ path, message, suggestion }) => `${path}: ${message}${suggestion ? ` (${suggestion})` : ''}`,
  );
}

const rest = (requests: string, address = 'http://127.0.0.1:8080') =>
  `{ protocol: rest, address: "${address}", requests: ${requests} }`;
const get = '{ method: GET, path: / }';

const stream = (request: string, address = '127.0.0.1:9092', more = '') =>
  `{ protocol: stream, address: "${address}", ${more} requests: { ping: { value: x, ${request} }, placeOrder: { topic: b } } }`;
const queue = (request: string, more = '') =>
  `{ protocol: queue, address: "amqp://127.0.0.1", ${more} requests: { ping: { routingKey: a, body: x, ${request} }, placeOrder: { routingKey: b } } }`;

describe('an own system', () => {
  it('is never paused, killed or slowed down', () => {
    const target = rest(`{ ping: ${get}, placeOrder: ${get} }`);
    const windows =
      '{ at: 0s, for: 1s, fault: kill, part: service }, { at: 2s, for: 1s, fault: slow-service, workTime: 1ms }';
    const refusal = "cannot act on t: its service is the user's own, and is never touched";
    expect(messagesOf(target, `conditions: { bad: [ ${windows} ] }\n`)).toEqual([
      `conditions.bad[0].part: ${refusal}`,
      `conditions.bad[1].fault: ${refusal}`,
    ]);
  });

  it('that is to answer directly names no queue for it, and is not consumed from', () => {
    const directly = queue('properties: { replyTo: r }', 'replies: direct, reply: { queue: r }, consume: true,');
    expect(messagesOf(directly)).toEqual([
      'targets.t.reply: and consume exclude each other: operations complete at one of them',
      'targets.t.reply: and replies: direct exclude each other',
      'targets.t.consume: and replies: direct exclude each other',
      'targets.t.requests.ping.properties.replyTo: is for direct replies here',
    ]);
  });

  it.each([
    [
      'without requests',
      '{ protocol: rest, address: "http://127.0.0.1" }',
      't: says nothing about what to send for placeOrder, ping',
    ],
    ['with a request missing', rest(`{ ping: ${get} }`), 't.requests: says nothing about what to send for placeOrder'],
    [
      'with a request too many',
      rest(`{ ping: ${get}, placeOrder: ${get}, pong: ${get} }`),
      't.requests.pong: the workload has no such operation (did you mean ping?)',
    ],
    [
      'with an unknown value',
      rest(`{ ping: ${get}, placeOrder: { method: POST, path: "/{{ide}}" } }`),
      't.requests.placeOrder.path: "{{ide}}" is not a value of an operation (did you mean id?)',
    ],
    [
      'with a payload that is not there',
      rest(`{ ping: { method: POST, path: /, body: "{{payload}}" }, placeOrder: ${get} }`),
      't.requests.ping.body: {{payload}} stands for nothing: operation ping has no payload',
    ],
    [
      'with a bad path',
      rest(`{ ping: { method: GET, path: "a b" }, placeOrder: ${get} }`),
      't.requests.ping.path: begins with / and has neither spaces nor control characters',
    ],
    [
      'with a bad header',
      rest(`{ ping: { method: GET, path: /, headers: { x: "a\\r\\nb: c" } }, placeOrder: ${get} }`),
      't.requests.ping.headers.x: has a character that a header cannot have',
    ],
    [
      'with a header that is the client’s own',
      rest(`{ ping: { method: GET, path: /, headers: { Connection: close } }, placeOrder: ${get} }`),
      't.requests.ping.headers.Connection: is the client’s own to set',
    ],
    [
      'with a bad header name',
      rest(`{ ping: { method: GET, path: /, headers: { "a b": c } }, placeOrder: ${get} }`),
      't.requests.ping.headers.a b: is not the name of a header',
    ],
    [
      'with a bad method',
      rest(`{ ping: { method: get, path: / }, placeOrder: ${get} }`),
      't.requests.ping.method: "get" is not an HTTP method (capital letters), e.g. POST',
    ],
    [
      'without types',
      '{ protocol: grpc, address: "127.0.0.1:1", requests: { ping: { method: a.B/C }, placeOrder: { method: a.B/C } } }',
      't: needs proto: <file>, protoset: <file> or reflection: true',
    ],
    [
      'with a proto that is not there',
      '{ protocol: grpc, address: "127.0.0.1:1", proto: no.proto, requests: { ping: { method: a.B/C }, placeOrder: { method: a.B/C } } }',
      't.proto: "no.proto" does not exist (paths are relative to the scenario file)',
    ],
    [
      'with a method of another form',
      '{ protocol: grpc, address: "127.0.0.1:1", reflection: true, requests: { ping: { method: Place }, placeOrder: { method: a.B/C } } }',
      't.requests.ping.method: "Place" is not of the form package.Service/Method',
    ],
    [
      'with a bad pointer',
      '{ protocol: websocket, address: "ws://127.0.0.1", requests: { ping: { message: x, replyId: id }, placeOrder: { message: x } } }',
      't.requests.ping.replyId: "id" is not a JSON pointer, e.g. /id',
    ],
    [
      'that completes twice',
      '{ protocol: queue, address: "amqp://127.0.0.1", consume: true, reply: { queue: r }, requests: { ping: { routingKey: a, body: x }, placeOrder: { routingKey: a } } }',
      't.reply: and consume exclude each other: operations complete at one of them',
    ],
    [
      'with a bad topic',
      '{ protocol: stream, address: "127.0.0.1:9092", requests: { ping: { topic: "a b", value: x }, placeOrder: { topic: a } } }',
      't.requests.ping.topic: "a b" is not the name of a topic (letters, digits, . _ -; of {{…}} only id, key, sequence and random)',
    ],
    [
      'that is watched nowhere',
      stream('topic: a', '127.0.0.1:9092', 'watch: {},'),
      't.watch: needs one of pid, cgroup and prometheus',
    ],
    [
      'with metrics of nobody',
      stream('topic: a', '127.0.0.1:9092', 'watch: { pid: 1, metrics: [a] },'),
      't.watch.metrics: needs prometheus, where they are shown',
    ],
    [
      'that is watched elsewhere',
      stream('topic: a', '127.0.0.1:9092', 'watch: { prometheus: "http://shop.example/metrics" },'),
      't.watch.prometheus: "shop.example" is outside this machine; it is asked only when allowHosts lists it (add allowHosts: [shop.example])',
    ],
    [
      'with one server of two outside this machine',
      stream('topic: a', '127.0.0.1:9092, kafka-2:9092'),
      't.address: "kafka-2" is outside this machine; load goes there only when allowHosts lists it (add allowHosts: [kafka-2] if it is yours to load)',
    ],
    [
      'with a topic of a template that is consumed',
      stream('topic: "orders-{{key}}"', '127.0.0.1:9092', 'consume: true,'),
      't.requests.ping.topic: must be known with consume; without {{…}}',
    ],
    [
      'with a queue of an exchange that is consumed',
      queue('exchange: orders', 'consume: true,'),
      't.requests.ping.exchange: leads to no queue that is known with consume: true (leave it out, so that routingKey names the queue, or consume by bind: { exchange, routingKey })',
    ],
    [
      'with a queue of a template that is consumed',
      queue('routingKey: "jobs-{{key}}"', 'consume: true,').replace('routingKey: a, ', ''),
      't.requests.ping.routingKey: must be known with consume: true; without {{…}}',
    ],
    [
      'with a header without a value by kafkajs',
      stream('topic: a, headers: { größe: null }', '127.0.0.1:9092', 'client: kafkajs,'),
      't.requests.ping.headers.größe: needs a value: client kafkajs can send none without',
    ],
    [
      'with a header that is not exact',
      queue('headers: { at: { n: 1e300 } }'),
      't.requests.ping.headers.at.n: is beyond what is exact; write it as text',
    ],
    [
      'with a correlation id and returns',
      queue('properties: { correlationId: x }'),
      't.requests.ping.properties.correlationId: needs mandatory: false; by its own the harness knows what came back unroutable',
    ],
    [
      'with a correlation id and consume',
      queue('mandatory: false, properties: { correlationId: x }', 'consume: true,'),
      't.requests.ping.properties.correlationId: is the harness’s own, with consume and reply: by it what comes back is known',
    ],
    [
      'with two queues for the reply',
      queue('properties: { replyTo: x }', 'reply: { queue: r },'),
      't.requests.ping.properties.replyTo: is the queue of `reply` here',
    ],
    [
      'with two words on how the body is packed',
      queue('properties: { contentEncoding: gzip }', 'compression: gzip,'),
      't.requests.ping.properties.contentEncoding: is what `compression` says',
    ],
    [
      'outside this machine',
      rest(`{ ping: ${get}, placeOrder: ${get} }`, 'http://shop.example:80'),
      't.address: "shop.example" is outside this machine; load goes there only when allowHosts lists it (add allowHosts: [shop.example] if it is yours to load)',
    ],
  ])('%s', (_, target, expected) => {
    expect(messagesOf(target)).toEqual([`targets.${expected}`]);
  });

  it('may be sent messages of any kind that its broker takes', () => {
    const typed = '{ n: 5, half: 0.5, yes: true, none: null, list: [1, a], at: { x: y }, größe: "{{key}}" }';
    const properties =
      '{ contentType: a/b, contentEncoding: gzip, priority: 5, expiration: 60s, timestamp: now, correlationId: "{{id}}" }';
    expect(messagesOf(queue(`headers: ${typed}, mandatory: false, properties: ${properties}`))).toEqual([]);
    const record = 'topic: "orders-{{key}}", partition: 1, headers: { größe: 1, leer: null }';
    expect(messagesOf(stream(record, '127.0.0.1:9092,127.0.0.1:9093'))).toEqual([]);
    expect(
      messagesOf(
        '{ protocol: stream, address: "127.0.0.1:9092", requests: { ping: { topic: a, value: null }, placeOrder: { topic: b } } }',
      ),
    ).toEqual([]);
  });

  it('may be outside this machine where it is listed', () => {
    expect(
      messagesOf(
        rest(`{ ping: ${get}, placeOrder: ${get} }`, 'https://Shop.example/base'),
        'allowHosts: [shop.example]\n',
      ),
    ).toEqual([]);
  });

  it.each(['requests: { placeOrder: { method: GET, path: / } }', 'proto: a.proto', 'reflection: true'])(
    'needs an address beside %s',
    (setting) => {
      const protocol = setting.startsWith('requests') ? 'rest' : 'grpc';
      const messages = messagesOf(`{ protocol: ${protocol}, ${setting} }`);
      expect(messages).toContain(`targets.t.${setting.split(':')[0]}: is for an own system; give its address too`);
    },
  );

  it('has no store of ours', () => {
    const own = rest(`{ ping: ${get}, placeOrder: ${get} }`).replace('protocol: rest', 'protocol: rest, store: file');
    expect(messagesOf(own)).toEqual([
      'targets.t.store: is of our own services; how it keeps its data is the system’s own',
    ]);
  });

  it('is not told of what is missing in a part that is wrong itself', () => {
    expect(messagesOf(rest(`{ ping: ${get}, placeOrder: { method: GET } }`))).toEqual([
      'targets.t.requests.placeOrder: path is missing',
    ]);
    expect(
      messagesOf(
        '{ protocol: rest, address: 5, requests: { ping: { method: GET, path: / }, placeOrder: { method: GET, path: / } } }',
      ),
    ).toEqual(['targets.t.address: expected text, not 5']);
  });
});

describe('readAddress', () => {
  it.each([
    ['rest', 'http://127.0.0.1:8080', '127.0.0.1'],
    ['rest', 'https://[::1]:8443/base', '::1'],
    ['grpc', '127.0.0.1:50051', '127.0.0.1'],
    ['grpc', '[::1]:50051', '::1'],
    ['grpc', 'grpcs://shop.example', 'shop.example'],
    ['websocket', 'wss://localhost/live', 'localhost'],
    ['queue', 'amqp://user:secret@127.0.0.1:5672/vhost', '127.0.0.1'],
    ['stream', 'broker-1.example:9092', 'broker-1.example'],
  ] as const)('%s %s leads to %s', (protocol, address, host) => {
    expect(readAddress(address, { protocol })).toEqual({ ok: true, host });
  });

  it.each([
    ['rest', '127.0.0.1:8080', 'has no scheme'],
    ['rest', 'ftp://127.0.0.1', '"ftp://" is not a scheme of protocol rest'],
    ['rest', 'http://', 'is not an address'],
    ['rest', 'http://a b', 'is not an address'],
    ['rest', 'http://user:secret@127.0.0.1', 'holds credentials, which are not sent; put them into headers'],
    ['rest', 'http://127.0.0.1/?a=b', 'has a query or a fragment'],
    ['rest', 'http://127.0.0.1:0', 'has the port 0'],
    ['rest', 'http://127.0.0.1:70000', 'is not an address'],
    ['grpc', '127.0.0.1', 'is not of the form host:port'],
    ['stream', 'kafka://127.0.0.1:9092', '"kafka://" is not a scheme of protocol stream'],
    ['stream', '127.0.0.1:9092,127.0.0.1:9093', 'is not an address'],
    ['stream', '127.0.0.1:9092/x', 'is not of the form host:port'],
    ['websocket', 'http://127.0.0.1', '"http://" is not a scheme of protocol websocket'],
  ] as const)('%s %s %s', (protocol, address, why) => {
    const reading = readAddress(address, { protocol });
    expect(reading.ok ? '' : reading.message).toMatch(new RegExp(`^${why.replace(/[/?]/g, '\\$&')}; write e\\.g\\. `));
  });
});

describe('isAllowedHost', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])(
    '%s is this machine',
    (host) => {
      expect(isAllowedHost(host, [])).toBe(true);
    },
  );

  it.each([
    '10.0.0.1',
    '0.0.0.0',
    '128.0.0.1',
    '::2',
    'shop.example',
    'localhost.example',
    '127.0.0.1.example',
    '127.1',
    '',
  ])('%s is outside', (host) => {
    expect(isAllowedHost(host, [])).toBe(false);
    expect(isAllowedHost(host, ['other.example'])).toBe(false);
  });

  it('goes by the whole name, whatever its letters', () => {
    expect(isAllowedHost('Shop.Example', ['shop.example'])).toBe(true);
    expect(isAllowedHost('[fd00::1]', ['fd00::1'])).toBe(true);
    expect(isAllowedHost('a.shop.example', ['shop.example'])).toBe(false);
  });
});
