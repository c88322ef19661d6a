import { expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';

function problemsOf(target: string, operation = '{ does: getOrder, version: 2 }', rest = ''): string[] {
  const load = `workload: { operations: { ping: ${operation} } }\nload: { model: open, rate: 1/s, duration: 9s }`;
  const text = `name: s\n${load}\ntargets: { t: ${target} }\n${rest}\n`;
  const reading = parseScenario(text, { path: 's.yaml', env: {} });
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

it.each(['rest', 'grpc', 'websocket', 'queue', 'stream'])('%s carries operations of a version', (protocol) => {
  expect(problemsOf(`{ protocol: ${protocol} }`)).toEqual([]);
});

it.each([
  [
    '{ protocol: rest, batch: { maxMessages: 10 } }',
    'targets.t.batch: does not go with operations of a version (ping)',
  ],
  ['{ protocol: queue, codec: protobuf }', 'targets.t.codec: does not go with operations of a version (ping)'],
  ['{ protocol: grpc, calls: stream }', 'targets.t.calls: does not go with operations of a version (ping)'],
  ['{ protocol: rest, service: { runtime: go } }', 'targets.t.service: does not go with versions'],
])('%s does not, and says so', (target, expected) => {
  expect(problemsOf(target)).toEqual([expect.stringContaining(expected)]);
});

it('a version that there is not, and a day that is none, are told', () => {
  const retired = 'conditions: { end: [ { at: 1s, for: 1s, fault: retire, version: 3 } ] }';
  expect(problemsOf('{ protocol: rest }', '{ does: getOrder, version: 1 }', retired)).toEqual([
    expect.stringContaining('conditions.end[0].version'),
  ]);
  const deprecated = '{ does: getOrder } }, service: { deprecated: { version: 1, since: soon }';
  expect(problemsOf('{ protocol: rest }', deprecated)).toEqual([
    expect.stringContaining('workload.service.deprecated.since: "soon" must be a date: 2026-12-31'),
  ]);
});

it('nothing goes away before it is deprecated', () => {
  const until = (sunset: string) =>
    `{ does: getOrder } }, service: { deprecated: { version: 1, since: 2026-03-01, sunset: ${sunset} }`;
  expect(problemsOf('{ protocol: rest }', until('2026-03-01'))).toEqual([]);
  expect(problemsOf('{ protocol: rest }', until('2026-02-28'))).toEqual([
    expect.stringContaining('workload.service.deprecated.sunset: is before since'),
  ]);
});
