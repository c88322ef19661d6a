import { expect, it } from 'vitest';
import type { Scenario, Target } from '../../scenarios/scenario.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { listenedScenario } from './listened-scenario.ts';

function read(subscribers: string, target: string): { readonly scenario: Scenario; readonly target: Target } {
  const text = `name: s
workload: { operations: { placeOrder: { pattern: publish } } }
subscribers: ${subscribers}
load: { model: open, rate: 1000/s, warmup: 1s, duration: 5s }
targets: { shop: { ${target} } }
`;
  const reading = parseScenario(text, { path: 's.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return { scenario: reading.scenario, target: reading.scenario.targets.shop as Target };
}

it.each([
  ['{ count: 10 }', 'protocol: queue', 10, 1000],
  ['{ count: 10 }', 'protocol: queue, subscribers: 40', 40, 1000],
  ['{ count: 10, rate: deliveries }', 'protocol: queue, subscribers: 40', 40, 25],
  // Each event is one delivery, however many share the work out.
  ['{ count: 10, rate: deliveries }', 'protocol: stream, subscription: shared', 10, 1000],
])('%s of a target with %s: %i listeners, %i publications a second', (subscribers, written, count, ratePerSecond) => {
  const { scenario, target } = read(subscribers, written);
  const listened = listenedScenario(scenario, target);
  expect(listened.subscribers?.count).toBe(count);
  const stages = [{ fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, forMs: 5_000 }];
  expect(listened.load).toMatchObject({ ratePerSecond, stages });
});
