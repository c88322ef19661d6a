import { expect, it } from 'vitest';
import type { RestRequest, Scenario } from '../scenarios/scenario.ts';
import { parseScenario } from '../scenarios/schema/parse-scenario.ts';
import { loadProtocol } from '../targets/registry.ts';
import { prepareTrial } from './trial/prepare-trial.ts';

const text = `name: same-order
workload:
  operations:
    asked: { does: placeOrder, payload: order }
    handedOver: { does: placeOrder, pattern: one-way, payload: order }
    cancelled: { does: cancelOrder }
  payloads: { order: { size: 1KiB } }
load: { model: open, rate: 500/s }
targets: { rest: { protocol: rest } }
`;

function scenarioOf(yaml: string): Scenario {
  const reading = parseScenario(yaml, { path: 'same-order.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.scenario;
}

it('one scenario holds the same action by reply and by hand-over', async () => {
  const scenario = scenarioOf(text);
  const target = Object.values(scenario.targets)[0];
  if (target === undefined) throw new Error('there is a target');
  const { operations, population } = prepareTrial(scenario, target, await loadProtocol(target));
  const statusOf = (name: string) =>
    operations
      .filter((operation) => operation.name === name)
      .map(({ request }) => (request as RestRequest).expect.status);
  expect(operations.map(({ name, action }) => [name, action])).toEqual([
    ['asked', 'place'],
    ['handedOver', 'place'],
    ['cancelled', 'cancel'],
  ]);
  expect([statusOf('asked'), statusOf('handedOver')]).toEqual([[[201]], [[202]]]);
  expect(population.cancellable).toBeGreaterThan(100); // each cancel has an order of its own, whatever it is called
});
