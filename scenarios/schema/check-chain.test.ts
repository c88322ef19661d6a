import { expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';
import { formatProblem } from './problem.ts';

const problemsOf = (target: string, pattern = 'request-reply') => {
  const reading = parseScenario(
    `name: chain
workload:
  operations: { placeOrder: { pattern: ${pattern}, payload: order } }
  payloads: { order: { size: 1KiB } }
load: { model: open, rate: 50/s }
targets: { shop: { protocol: rest, ${target} } }
conditions: { cut: [ { at: 10%, for: 10%, fault: down, link: hop-2-hop-3 } ] }
`,
    { path: 's.yaml', env: {} },
  );
  return reading.ok ? [] : reading.problems.map(formatProblem);
};

it('lets faults act on the links of a chain, and on none that it has not', () => {
  expect(problemsOf('chain: { depth: 3 }')).toEqual([]);
  expect(problemsOf('chain: { depth: 2 }')).toEqual([expect.stringContaining('no target has a link hop-2-hop-3')]);
});

it.each([
  ['chain: { depth: 4, fanOut: 3 }', 'targets.shop.chain: has 40 services, more than 16'],
  ['chain: { depth: 3 }, instances: 2', 'targets.shop.instances: does not go with chain'],
  ['chain: { depth: 3 }, engine: autocannon', 'targets.shop.engine: chains are for the native engine'],
])('refuses %s', (target, problem) => {
  expect(problemsOf(target)).toContainEqual(expect.stringContaining(problem));
});

it('refuses operations that wait for no answer', () => {
  expect(problemsOf('chain: { depth: 3 }', 'one-way')).toEqual([
    expect.stringContaining('targets.shop.chain: operation placeOrder waits for no answer'),
  ]);
});
