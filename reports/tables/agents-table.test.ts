import { expect, it } from 'vitest';
import type { AgentResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { agentsTable } from './agents-table.ts';

const agent: AgentResult = {
  ...{ name: 'one', host: 'load-1', cores: 4, workers: { first: 0, count: 4 }, status: 'valid', offered: 1_000 },
  ...{ sendLagP99Us: 210, canary: null, leadMs: 300, cpuBusy: 0.214, throttled: null },
  clock: { boundUs: 54.2, driftPpm: 1, roundTripUs: 110 },
};

it('has each agent by the worst of its trials, one that was lost among them', () => {
  const [trial] = fixtureResult().trials;
  if (trial === undefined) throw new Error('no trial');
  expect(agentsTable([trial])).toBeNull();
  const canary = { count: 900, floorUs: 24, p50Us: 40, p90Us: 90, p99Us: 130 };
  const bad: AgentResult = {
    ...agent,
    status: 'suspect',
    sendLagP99Us: 4_200,
    canary,
    clock: { ...agent.clock, boundUs: 9 },
  };
  const lost: AgentResult = {
    ...{ ...agent, name: 'load-2', host: 'load-2', status: 'invalid', offered: 0, sendLagP99Us: null, cpuBusy: null },
    lost: { why: 'no sign of life', atMs: 3_000 },
  };
  const table = agentsTable([
    { ...trial, agents: [agent, lost] },
    { ...trial, agents: [bad] },
  ]);
  expect(table?.rows).toEqual([
    { cells: ['one (load-1)', '2', '0', '2,000', '4.20 ms', '130 µs', '54 µs', '21 %'], status: 'suspect' },
    { cells: ['load-2', '1', '1', '0', '–', '–', '54 µs', '–'], status: 'invalid' },
  ]);
});

it('has the worst of very many', () => {
  const [trial] = fixtureResult().trials;
  if (trial === undefined) throw new Error('no trial');
  const agents = Array.from({ length: 100 }, (_, n): AgentResult => {
    return { ...agent, name: `load-${n}`, status: n === 97 ? 'invalid' : 'valid' };
  });
  const table = agentsTable([{ ...trial, agents }]);
  expect(table?.title).toMatch(/16 of 100$/);
  expect(table?.rows).toHaveLength(16);
  expect(table?.rows[0]?.cells[0]).toBe('load-97 (load-1)');
});
