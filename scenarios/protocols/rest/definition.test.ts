import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../schema/parse-scenario.ts';
import type { RestTarget } from './target.ts';

interface Written {
  readonly keys?: string;
  readonly request?: string;
  readonly rest?: string;
}

function parse({ keys = '', request = 'method: GET, path: /', rest = '' }: Written) {
  const target = `{ protocol: rest, address: "http://localhost:8080", ${keys} requests: { ping: { ${request} } } }`;
  const text = `name: own
workload: { operations: { ping: { payload: note } }, payloads: { note: { size: 10B } } }
load: { model: open, rate: 1/s${rest} }
targets: { t: ${target} }
`;
  return parseScenario(text, { path: `${import.meta.dirname}/s.yaml`, env: {} });
}

function targetOf(written: Written): RestTarget {
  const reading = parse(written);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.scenario.targets.t as RestTarget;
}

function messagesOf(written: Written): string[] {
  const reading = parse(written);
  if (reading.ok) return [];
  return reading.problems.map(({ path, message }) => `${path.replace('targets.t.', '')}: ${message}`);
}

describe('connections', () => {
  it.each([
    ['64 unless it is said', '', { connections: 64 }],
    ['a number', 'connections: 5,', { connections: 5 }],
    ['a number and their use', 'connections: { count: 5, reuse: 100 },', { connections: 5, reuse: 100 }],
    ['one for each request', 'connections: { reuse: none },', { connections: 64, reuse: 1 }],
  ])('are %s', (_, keys, expected) => {
    expect(targetOf({ keys })).toMatchObject(expected);
    expect('reuse' in targetOf({ keys })).toBe('reuse' in expected);
  });

  it.each([
    ['{ reuse: 0 }', 'connections.reuse: must be at least 1'],
    ['{ reuse: sometimes }', 'connections.reuse: expected a number of requests, or none, not "sometimes"'],
    ['{ count: 0 }', 'connections.count: must be at least 1'],
    ['many', 'connections: expected a number, not "many"'],
  ])('%s is told what may stand there', (connections, message) => {
    expect(messagesOf({ keys: `connections: ${connections},` })).toEqual([message]);
  });

  it('are as many as load threads at least, whichever way it is said', () => {
    const [message] = messagesOf({ keys: 'connections: { count: 2 },', rest: ', threads: 4' });
    expect(message).toBe('connections: 2 cannot be shared by 4 load threads; at least one each');
  });

  it('of another engine are used as it likes', () => {
    const [message] = messagesOf({ keys: 'engine: autocannon, connections: { reuse: 5 },' });
    expect(message).toBe('connections.reuse: is for the native engine; autocannon keeps its connections');
  });
});

it('a user-agent is one line of printable characters', () => {
  expect(targetOf({ keys: 'userAgent: "shop-test/1 (load)",' }).userAgent).toBe('shop-test/1 (load)');
  expect(messagesOf({ keys: 'userAgent: "bücher",' })).toEqual([
    'userAgent: "bücher" has a character that a header cannot have',
  ]);
});

describe('redirects', () => {
  it('are followed so many times, or not at all', () => {
    expect(targetOf({ keys: 'followRedirects: 5,' }).followRedirects).toBe(5);
    expect(targetOf({})).not.toHaveProperty('followRedirects');
  });

  it.each([
    ['followRedirects: 0', 'followRedirects: must be at least 1'],
    ['followRedirects: 5, client: undici', 'followRedirects: is for client: own; undici does not follow them'],
    ['followRedirects: 5, engine: autocannon', 'followRedirects: is for client: own; autocannon does not follow them'],
  ])('%s is refused', (keys, message) => {
    expect(messagesOf({ keys: `${keys},` })).toEqual([message]);
  });
});

describe('the version of HTTP', () => {
  it('is 1.1 unless 2 is asked for', () => {
    expect(targetOf({ keys: 'http: 2,' }).http).toBe(2);
    expect(targetOf({})).not.toHaveProperty('http');
  });

  it.each([
    ['http: 3', 'http: 3 is not one of 1, 2'],
    ['http: 2, client: undici', 'http: 2 is for client: own; undici speaks HTTP/1.1 here'],
    ['http: 2, engine: autocannon', 'http: 2 is for client: own; autocannon speaks HTTP/1.1 here'],
  ])('%s is refused', (keys, message) => {
    expect(messagesOf({ keys: `${keys},` })).toEqual([message]);
  });
});
