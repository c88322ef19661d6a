import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { requireShareable, sharedOf, sharesOf, workersOf } from './agent-shares.ts';

function scenarioOf(connections: number, threads = 2) {
  const text = `name: shares
workload: { operations: { getOrder: { weight: 1 } } }
load: { model: open, rate: 100/s, duration: 1s, threads: ${threads} }
targets: { rest: { protocol: rest, via: direct, connections: ${connections} } }
`;
  const reading = parseScenario(text, { path: 'shares.yaml' });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.scenario;
}

function workers(connections: number, agents: number) {
  const scenario = scenarioOf(connections);
  const { rest } = scenario.targets;
  if (rest === undefined) throw new Error('no target');
  return workersOf(sharedOf(scenario, rest), agents);
}

describe('agent shares', () => {
  it('gives every worker to one agent, and to each at least one', () => {
    for (let agents = 1; agents <= 9; agents++) {
      for (let all = agents; all <= 40; all++) {
        const shares = sharesOf(all, agents);
        const numbers = shares.flatMap(({ first, count }) => Array.from({ length: count }, (_, n) => first + n));
        expect(numbers).toEqual(Array.from({ length: all }, (_, n) => n));
        expect(Math.min(...shares.map(({ count }) => count))).toBeGreaterThanOrEqual(1);
      }
    }
  });

  it('takes threads on each agent, but no more workers than there are connections', () => {
    expect(workers(100, 3)).toBe(6);
    expect(workers(5, 3)).toBe(5);
  });

  it('names what so many agents cannot share', () => {
    expect(() => requireShareable(scenarioOf(2), 3)).toThrow(/rest: connections is 2, at least one for each agent/);
    expect(() => requireShareable(scenarioOf(3), 3)).not.toThrow();
  });
});
