import { expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';

function problemsOf(target: string, operation = '{ does: getOrder }'): string[] {
  const load = `workload: { operations: { ping: ${operation} } }\nload: { model: open, rate: 1/s }`;
  const reading = parseScenario(`name: s\n${load}\ntargets: { t: ${target} }\n`, { path: 's.yaml', env: {} });
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

const unknown = 'is not known to the service in Go; leave it out, or take runtime: node';

it.each([
  '{ protocol: rest, service: { runtime: go }, instances: 3, gateway: { kind: nginx }, via: direct, connections: 8 }',
  '{ protocol: rest, service: { runtime: go }, store: memory, codec: json, compression: none, tls: none, auth: none }',
  '{ protocol: grpc, service: { runtime: go }, calls: stream }',
  '{ protocol: grpc, service: { runtime: go }, batch: { maxMessages: 10 }, engine: native }',
  '{ protocol: queue, service: { runtime: node } }',
])('the service in Go does what is asked of it in %s', (target) => {
  expect(problemsOf(target)).toEqual([]);
});

it.each([
  ['rest', 'store: file', 'store'],
  ['rest', 'codec: protobuf', 'codec'],
  ['rest', 'compression: gzip', 'compression'],
  ['rest', 'tls: server', 'tls'],
  ['grpc', 'auth: jwt', 'auth'],
  ['grpc', 'chain: { depth: 2 }', 'chain'],
  ['rest', 'flow: { style: orchestrated, over: rest }', 'flow'],
])('the service in Go over %s refuses %s in words', (protocol, setting, key) => {
  const problems = problemsOf(`{ protocol: ${protocol}, service: { runtime: go }, ${setting} }`);
  expect(problems).toContain(`targets.t.${key}: ${unknown}`);
});

it('is there for REST and gRPC alone', () => {
  expect(problemsOf('{ protocol: websocket, service: { runtime: go } }')).toEqual([
    'targets.t.service.runtime: go is for rest and grpc, not websocket; runtime: node speaks it',
  ]);
});

it('pushes nothing to subscribers, which is said once', () => {
  const published = '{ does: placeOrder, pattern: publish }';
  const problems = problemsOf('{ protocol: rest, service: { runtime: go } }', published);
  expect(problems.filter((problem) => problem.startsWith('targets.t.service'))).toEqual([
    'targets.t.service.runtime: operation ping is published, and the service in Go pushes nothing; runtime: node does',
  ]);
});

it('is none of an own system', () => {
  const target =
    '{ protocol: rest, address: "http://127.0.0.1:1", service: { runtime: go }, requests: { ping: { method: GET, path: / } } }';
  expect(problemsOf(target)).toEqual(['targets.t.service: is of our own services; this one is written already']);
});
