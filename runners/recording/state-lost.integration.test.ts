/** What a killed service takes along, counted by looking for it, beside what its own record of effects says it must be. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { StoreName } from '../../scenarios/scenario.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { EvidenceReader, evidenceKinds } from '../../targets/domain/evidence.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { loadPlanFor, prepareTrial } from '../trial/prepare-trial.ts';
import { openTrialParts } from '../trial/trial-parts.ts';
import { reconcileLedger } from './ledger.ts';
import { LoggedOperations } from './logged-operations.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-state-lost-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scenarioText = (store: StoreName) => `name: state
workload:
  operations: { placeOrder: { weight: 3, pattern: request-reply }, payOrder: { pattern: one-way }, getOrder: { pattern: request-reply } }
load: { model: open, rate: 150/s, warmup: 0s, duration: 3s, threads: 1 }
resilience: { deadline: 2s, timeout: 500ms, retry: { attempts: 4, base: 50ms } }
targets: { rest: { protocol: rest, via: direct, connections: 8, store: ${store} } }
`;

/** Applied before the kill. */
const enough = 60;

/** The ledger of a load whose service was killed in its middle, after `tamper` with what it left. */
async function ledgerOf(store: StoreName, tamper: (statePath: string) => void = () => undefined) {
  const trialId = `${store}-${Math.floor(monotonicNowUs())}`;
  const reading = parseScenario(scenarioText(store), { path: join(folder, 'state.yaml') });
  const target = reading.ok ? reading.scenario.targets.rest : undefined;
  if (!reading.ok || target === undefined) throw new Error(JSON.stringify(reading));
  const { scenario } = reading;
  const prepared = prepareTrial(scenario, target, restEntry);
  const input = { scenario, entry: restEntry, prepared, stack: null, workDirectory: folder, trialId };
  const parts = await openTrialParts(input);
  const plan = loadPlanFor(scenario, prepared, [], parts, null);
  const generator = await LoadGenerator.open(plan, new AbortController().signal);
  try {
    generator.begin(monotonicNowUs() + 200e3);
    const seen = new EvidenceReader(...(parts.evidencePaths ?? []));
    let applied = 0;
    while (applied < enough) {
      for (const { kind } of seen.more()) if (kind === evidenceKinds.applied) applied++;
      await sleep(20);
    }
    const killedUs = monotonicNowUs();
    await parts.faultParts.service?.restart();
    await generator.whenIdle();
    const workers = await generator.finish();
    await parts.close();
    tamper(join(folder, `${trialId}.service.sqlite`));
    const held = await parts.takeHeld();
    const logs = workers.map(({ log }) => log);
    const evidence = [...new EvidenceReader(...(parts.evidencePaths ?? [])).more()];
    const hasEffect = prepared.operations.map(({ action }) => action !== 'get');
    const { ledger } = reconcileLedger(
      {
        ...{ logs, checksums: [], patterns: ['request-reply', 'one-way', 'request-reply'], hasEffect },
        ...{ acceptedOnly: [false, false, false], evidence, held: held?.operations ?? null },
      },
      () => undefined,
    );
    return { ledger, held, ofKilledLife: acknowledgedOfKilledLife(logs, evidence, hasEffect, killedUs) };
  } finally {
    await generator.terminate();
    await parts.close();
  }
}

/** Acknowledged effects that the killed life applied, and the one after it did not. */
function acknowledgedOfKilledLife(
  logs: readonly ConstructorParameters<typeof LoggedOperations>[0][],
  evidence: readonly { kind: number; producer: number; sequence: number; atUs: number }[],
  hasEffect: readonly boolean[],
  killedUs: number,
): number {
  const applied = evidence.filter(({ kind }) => kind === evidenceKinds.applied);
  let count = 0;
  for (const data of logs) {
    const log = new LoggedOperations(data);
    const lives = Map.groupBy(
      applied.filter(({ producer }) => producer === log.producer),
      ({ sequence }) => sequence,
    );
    for (const [sequence, records] of lives) {
      if (!hasEffect[log.operation(sequence)] || Number.isNaN(log.acknowledgedAfterUs(sequence))) continue;
      if (records.every(({ atUs }) => atUs < killedUs + 1e3)) count++;
    }
  }
  return count;
}

describe.concurrent('the state of a service that was killed under load', () => {
  it('lost with memory exactly the acknowledged effects of the killed life that did not come again', async () => {
    const { ledger, ofKilledLife, held } = await ledgerOf('memory');
    expect(ledger.stateLost).toBe(ofKilledLife);
    expect(ledger.stateLost).toBeGreaterThan(enough / 4);
    expect(held?.chargedCents).toBeNull();
  }, 30_000);

  it('lost nothing with a file, whose accounts are known', async () => {
    const { ledger, ofKilledLife, held } = await ledgerOf('file');
    expect(ofKilledLife).toBeGreaterThan(enough / 4);
    expect(ledger).toMatchObject({ stateLost: 0, lost: 0, unknown: 0 });
    expect(held?.chargedCents).toBeGreaterThan(0);
  }, 30_000);

  it('is missing k where k rows were deleted from the file', async () => {
    const { ledger } = await ledgerOf('file', (path) => {
      const database = new DatabaseSync(path);
      database.exec(
        'DELETE FROM orders WHERE number IN (SELECT number FROM orders WHERE request IS NOT NULL ORDER BY number LIMIT 7)',
      );
      database.close();
    });
    expect(ledger.stateLost).toBe(7);
  }, 30_000);
});
