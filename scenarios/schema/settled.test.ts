import { describe, expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';

interface Given {
  readonly more?: string;
  readonly pattern?: string;
  readonly target?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function read(settled: string, { more = '', pattern = 'flow', target = '', env = {} }: Given = {}) {
  const text = `name: own
workload: { operations: { buy: { pattern: ${pattern} } } }
load: { model: open, rate: 1/s }
targets:
  shop:
    protocol: rest
    address: http://127.0.0.1:8080
    requests: { buy: { method: POST, path: / } }
    ${target}
    ${settled === '' ? '' : `settled: ${settled}`}
${more}`;
  return parseScenario(text, { path: 's.yaml', env });
}

function problemsOf(...given: Parameters<typeof read>): string[] {
  const reading = read(...given);
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

function settledOf(...given: Parameters<typeof read>) {
  const reading = read(...given);
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join('\n'));
  return reading.scenario.targets.shop?.settled;
}

const here = 'targets.shop.settled';

describe('the event that settles', () => {
  it('is seen in one place, by the words of that place', () => {
    expect(settledOf('{ topic: t, address: "127.0.0.1:9092", id: { pointer: /id } }')).toEqual({
      by: 'topic',
      topic: 't',
      address: '127.0.0.1:9092',
      id: { pointer: '/id' },
      withinMs: 10_000,
    });
    const poll =
      '{ poll: "http://localhost:1/{{id}}?a=b", until: { pointer: /state, equals: [ done, 4 ] }, within: 2s }';
    expect(settledOf(poll)).toEqual({
      by: 'poll',
      url: 'http://localhost:1/{{id}}?a=b',
      headers: {},
      everyMs: 100,
      until: { pointer: '/state', equals: ['done', '4'] },
      withinMs: 2_000,
    });
    expect(settledOf('{ exchange: e, address: "amqp://u:p@127.0.0.1", id: { header: h } }')).toMatchObject({
      by: 'exchange',
      routingKey: '#',
    });
  });

  it.each([
    [
      'nowhere',
      '{ within: 1s }',
      `${here}: says nowhere where the event is seen; give one of topic, queue, exchange, websocket, sse, poll`,
    ],
    [
      'in two places',
      '{ topic: t, queue: q, address: "127.0.0.1:1", id: { pointer: /a } }',
      `${here}.queue: is one place too many beside topic; there can be one`,
    ],
    [
      'with a word of another place',
      '{ websocket: "ws://127.0.0.1:1", id: { pointer: /a }, every: 1s }',
      `${here}.every: goes with poll, not with websocket`,
    ],
    [
      'without an id',
      '{ websocket: "ws://127.0.0.1:1" }',
      `${here}: needs id: { pointer: /orderId } or { header: order-id }: where the event repeats the {{id}}`,
    ],
    [
      'with a header that it cannot have',
      '{ websocket: "ws://127.0.0.1:1", id: { header: a } }',
      `${here}.id: messages of a WebSocket have no headers; give a pointer`,
    ],
    [
      'with a key that it cannot have',
      '{ queue: q, address: "amqp://127.0.0.1", id: key }',
      `${here}.id: only a record of a topic has a key, not what comes by queue`,
    ],
    [
      'of a broker that nobody named',
      '{ topic: t, id: { pointer: /a } }',
      `${here}: needs address, that of the broker of topic; the target itself speaks rest`,
    ],
    [
      'asked for without what the answer is to be',
      '{ poll: "http://127.0.0.1/{{id}}" }',
      `${here}: needs until: { pointer, equals }: what the answer says once the flow is settled`,
    ],
    [
      'asked for all alike',
      '{ poll: "http://127.0.0.1/", until: { pointer: /a, equals: b } }',
      `${here}.poll: holds no {{id}}, so that every flow would be asked for alike`,
    ],
    [
      'asked for by what is not known',
      '{ poll: "http://127.0.0.1/{{id}}/{{key}}", until: { pointer: /a, equals: b } }',
      `${here}.poll: {{key}} is not known here; only {{id}} is`,
    ],
    [
      'elsewhere than is allowed',
      '{ poll: "http://shop.example/{{id}}", until: { pointer: /a, equals: b } }',
      `${here}.poll: "shop.example" is outside this machine; events are looked for there only when allowHosts lists it`,
    ],
  ])('is refused %s', (_, settled, problem) => {
    expect(problemsOf(settled)).toEqual([problem]);
  });

  it('may be elsewhere where that is listed', () => {
    const settled = '{ topic: t, address: "kafka.example:9092", id: { pointer: /id } }';
    expect(problemsOf(settled)).toHaveLength(1);
    expect(problemsOf(settled, { more: 'allowHosts: [ kafka.example ]' })).toEqual([]);
  });

  it('keeps its secrets', () => {
    const variable = ['$', '{TOKEN}'].join('');
    const settled = `{ poll: "http://127.0.0.1/{{id}}", headers: { authorization: "Bearer ${variable}" }, until: { pointer: /a, equals: b } }`;
    const reading = read(settled, { env: { TOKEN: 'not-for-others' } });
    if (!reading.ok) throw new Error('not read');
    expect(JSON.stringify(reading.scenario)).toContain('not-for-others');
    expect(JSON.stringify(reading.redactPlan(reading.scenario))).not.toContain('not-for-others');
    expect(reading.redactOutput('GET with Bearer not-for-others')).not.toContain('not-for-others');
  });

  it('says what is taken of others', () => {
    const taken = (settled: string) => {
      const reading = read(settled);
      return reading.ok ? reading.taking : [];
    };
    expect(taken('{ queue: q, address: "amqp://127.0.0.1", id: { header: h } }').join()).toContain(
      'shop: takes the events of its flows from queue q; refused when it holds messages of others.',
    );
    expect(taken('{ poll: "http://127.0.0.1/{{id}}", until: { pointer: /a, equals: b } }').join()).toContain(
      'shop: asks GET http://127.0.0.1/{{id}} every 100 ms for each flow, beside the load.',
    );
  });

  it('and flows belong together', () => {
    expect(problemsOf('')).toEqual([
      'targets.shop: operation buy is a flow: say by which event it is settled, settled: { topic | queue | exchange | websocket | sse | poll }, or make it one-way',
    ]);
    const settled = '{ websocket: "ws://127.0.0.1:1", id: { pointer: /a } }';
    expect(problemsOf(settled, { pattern: 'one-way' })).toEqual([
      `${here}: is for operations with pattern: flow; there is none`,
    ]);
    expect(problemsOf(settled, { target: 'engine: autocannon' })).toContain(
      `${here}: is for the native engine, not autocannon`,
    );
  });
});
