import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { type ParsedScenario, parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import type { ProcessName, RunningStack } from '../../targets/stack/stack.ts';
import { ResultStore } from '../result-store.ts';
import type { RunEvent } from '../run-events.ts';
import { runScenario } from '../run-scenario.ts';
import { requireFaultParts } from './require-fault-parts.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-fault-parts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function parsed(fault: string, brokers = 1): ParsedScenario {
  const text = `name: trial
workload: { operations: { placeOrder: { pattern: one-way } } }
load: { model: open, rate: 50/s, duration: 4s }
stack: { kafka: { brokers: ${brokers} } }
targets: { stream: { protocol: stream } }
conditions: { calm: [], bad: [ { at: 1s, for: 1s, ${fault} } ] }
`;
  const reading = parseScenario(text, { path: 's.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading;
}

function having(...names: ProcessName[]): Pick<RunningStack, 'processes'> {
  return { processes: Object.fromEntries(names.map((name) => [name, {} as SupervisedProcess])) };
}

const scenario = (fault: string, brokers?: number): Scenario => parsed(fault, brokers).scenario;

describe('a fault of a process', () => {
  it.each([
    ['fault: kill, part: broker', 1, 'kafka'],
    ['fault: pause, part: broker, broker: leader', 3, 'kafka'],
    ['fault: kill, part: toxiproxy', 1, 'toxiproxy'],
  ] as const)('%s: refused unless this run has started it', (fault, brokers, name) => {
    expect(() => requireFaultParts(scenario(fault, brokers), having(name))).not.toThrow();
    expect(() => requireFaultParts(scenario(fault, brokers), having('rabbitmq'))).toThrow(
      expect.objectContaining({ code: 'faultPartMissing', exitCode: 3, hint: expect.stringMatching(/--stack native/) }),
    );
  });

  it.each(['fault: kill, part: service', 'fault: slow-service, workTime: 9ms', 'fault: down, link: client'])(
    '%s: of any stack, the service and the links are ours',
    (fault) => expect(() => requireFaultParts(scenario(fault), having())).not.toThrow(),
  );

  it('is refused before the first load, also of the conditions without it, and the stack is taken down', async () => {
    const { variants, ...plan } = parsed('fault: kill, part: broker, broker: leader', 3);
    const events: RunEvent[] = [];
    let downs = 0;
    const stack: RunningStack = {
      ...{ mode: 'compose', versions: {}, toxiproxy: null, brokers: {}, processes: {}, directory: folder },
      openLink: () => Promise.reject(new Error('not asked')),
      closeLink: async () => undefined,
      down: async () => void downs++,
    };
    const running = runScenario({
      ...{ scenario: plan.scenario, variants, plan: plan.scenario },
      store: await ResultStore.open(join(folder, 'result'), () => undefined),
      emit: (event) => events.push(event),
      startStack: async () => stack,
      ensurePrograms: async () => ({}),
      signal: new AbortController().signal,
    });
    await expect(running).rejects.toMatchObject({ code: 'faultPartMissing' });
    expect(events.map(({ type }) => type)).toEqual(['planned']);
    expect(downs).toBe(1);
  });
});
