/** A trial that one of its agents began too late is begun once more. Real loads: only the word of the agent is made up. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseScenario } from '../scenarios/schema/parse-scenario.ts';
import { describeHost } from './agents/agent-facts.ts';
import type { AgentRecord } from './agents/agent-record.ts';
import { LoadGenerator } from './load/load-generator.ts';
import type { OpenLoad } from './load/load-source.ts';
import { ResultStore } from './result-store.ts';
import { runScenario } from './run-scenario.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-begun-again-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenario = `name: late
workload:
  operations: { placeOrder: { payload: order } }
  payloads: { order: { size: 100B } }
  service: { workTime: 0ms }
load: { model: open, rate: 200/s, warmup: 200ms, duration: 500ms, threads: 1 }
targets: { rest: { protocol: rest, via: direct } }
`;

const agent = (leadMs: number): AgentRecord => ({
  ...{
    name: 'far',
    host: describeHost(),
    share: { first: 0, count: 1 },
    leadMs,
    lost: null,
    cpu: null,
    throttled: null,
  },
  clock: { boundUs: 50, driftPpm: null, roundTripUs: 100, jumped: false },
});

async function play(name: string, leadsMs: readonly number[]) {
  const reading = parseScenario(scenario, { path: 's.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  let opened = 0;
  const openLoad: OpenLoad = async (...given) => {
    const source = await LoadGenerator.open(...given);
    return Object.defineProperty(source, 'agents', { value: [agent(leadsMs[opened++] ?? 300)] });
  };
  const store = await ResultStore.open(join(folder, name), () => undefined);
  const result = await runScenario({
    ...{ scenario: reading.scenario, variants: reading.variants, plan: reading.scenario, store, openLoad },
    emit: () => undefined,
    startStack: () => Promise.reject(new Error('there is none to start')),
    ensurePrograms: async () => ({}),
    signal: new AbortController().signal,
  });
  await store.close();
  const [trial] = result.trials;
  const isLate = trial?.verdict.reasons.some(({ code }) => code === 'agentLate');
  return { opened, result, trials: result.trials.length, isLate, unknown: trial?.ledger.unknown };
}

it.concurrent('counts the second time, and nothing of the first', async () => {
  const { result, ...played } = await play('once', [20]);
  expect(played).toEqual({ opened: 2, trials: 1, isLate: false, unknown: 0 });
  expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'trialBegunAgain' }));
});

it.concurrent('takes no third time', async () => {
  const { result, ...played } = await play('twice', [20, 20, 300]);
  expect(played).toEqual({ opened: 2, trials: 1, isLate: true, unknown: 0 });
  expect(result.trials[0]?.verdict.status).toBe('invalid');
});
