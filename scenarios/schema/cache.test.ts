import { describe, expect, it } from 'vitest';
import type { RestTarget } from '../scenario.ts';
import { parseScenario } from './parse-scenario.ts';

function parse(target: string) {
  const text = `name: s
workload: { operations: { getOrder: {} } }
load: { model: open, rate: 1/s }
targets: { t: { protocol: rest, ${target} } }
`;
  return parseScenario(text, { path: `${import.meta.dirname}/s.yaml`, env: {} });
}

function cacheOf(target: string) {
  const reading = parse(target);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return (reading.scenario.targets.t as RestTarget).cache;
}

function problemsOf(target: string): string[] {
  const reading = parse(target);
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path.replace('targets.t.', '')}: ${message}`);
}

describe('a cache', () => {
  it('is the one client’s, and bounded, unless it is said otherwise', () => {
    const bounds = { maxEntries: 10_000, maxBytes: 16 * 1024 ** 2 };
    expect(cacheOf('cache: { kind: etag }')).toEqual({
      ...{ kind: 'etag', at: 'client', maxAgeSeconds: 0, clients: 1 },
      ...bounds,
    });
    expect(cacheOf('cache: { kind: max-age, maxAge: 2s, clients: 8, maxBytes: 1KiB }')).toMatchObject({
      ...{ maxAgeSeconds: 2, clients: 8, maxBytes: 1024 },
    });
    expect(cacheOf('')).toBeUndefined();
  });

  it('of clients knows no callers; what it showed would be whose it was', () => {
    const text = `name: s
workload: { operations: { getOrder: {} }, callers: { one: { share: 50% }, other: { share: 50% } } }
load: { model: open, rate: 1/s }
targets: { t: { protocol: rest, cache: { kind: etag } }, watched: { protocol: rest, cache: { kind: none } } }
`;
    const reading = parseScenario(text, { path: `${import.meta.dirname}/s.yaml`, env: {} });
    expect(reading.ok ? [] : reading.problems.map(({ path }) => path)).toEqual(['targets.t.cache']);
  });

  it.each([
    ['cache: { kind: max-age }', 'cache.kind: max-age needs `maxAge`, e.g. maxAge: 1s'],
    ['cache: { kind: etag, maxAge: 1s }', 'cache.maxAge: is of kind: max-age; etag shows nothing without asking'],
    ['cache: { kind: max-age, maxAge: 8785h }', 'cache.maxAge: must be at most 8784h'],
    ['cache: { kind: max-age, maxAge: 1500ms }', 'cache.maxAge: is told in whole seconds by HTTP'],
    ['cache: { kind: etag, at: gateway }', 'cache.at: the target has no gateway; write its `gateway` too'],
    [
      'gateway: { kind: haproxy }, cache: { kind: etag, at: gateway }',
      'cache.at: haproxy cannot soundly cache by etag; nginx can',
    ],
    [
      'gateway: { kind: envoy }, cache: { kind: max-age, maxAge: 1s, at: gateway }',
      'cache.at: envoy cannot soundly cache by max-age; nginx and haproxy can',
    ],
    [
      'cache: { kind: etag, clients: 100, maxBytes: 512MiB }',
      'cache.maxBytes: 100 clients could keep 51200 MiB; all together at most 1024',
    ],
    ['cache: { kind: etag }, client: undici', 'cache: is for client: own; undici keeps nothing here'],
    [
      'cache: { kind: etag }, instances: 2',
      'cache: needs store: file with several instances: in memory each counts versions of its own',
    ],
    ['cache: { kind: etag }, chain: { depth: 2 }', 'cache: and chain exclude each other: its entry answers for others'],
  ])('%s is refused', (target, message) => {
    expect(problemsOf(target)).toContain(message);
  });

  it.each(['0s', '1ms'])('of a max-age of %s is refused for that alone', (maxAge) => {
    expect(problemsOf(`cache: { kind: max-age, maxAge: ${maxAge} }`)).toEqual(['cache.maxAge: must be at least 1s']);
  });

  it.each([
    [
      'path: "/x/{{payload}}"',
      'path: a cached read has no payload; {{key}}, {{id}}, {{sequence}} or {{random}} may stand here',
    ],
    [
      'path: /x, headers: { q: "{{ payload }}" }',
      'headers.q: a cached read has no payload; {{key}}, {{id}}, {{sequence}} or {{random}} may stand here',
    ],
    [
      'path: /x, body: "{{key}}"',
      'body: tells cached reads apart, which are kept by their address alone; say it in the path',
    ],
  ])('keeps by address what an own system answers: GET with %s is refused', (request, message) => {
    const own = (kind: string) =>
      problemsOf(
        `address: "http://127.0.0.1:1", cache: { kind: ${kind} }, requests: { getOrder: { method: GET, ${request} } }`,
      );
    expect(own('etag')).toContain(`requests.getOrder.${message}`);
    expect(own('none')).not.toContain(`requests.getOrder.${message}`);
  });
});
