/** Canaries in real trials: what they tell when others want the CPUs, and that they are in no count. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrialResult } from '../../result/result-types.ts';
import { calibrationScenario, targetOf } from '../calibrate/calibration-scenario.ts';
import { WireCounter } from '../recording/wire-counter.ts';
import { runTrial } from '../trial/run-trial.ts';
import { CanaryFlock } from './canary-flock.ts';
import { type CanaryEcho, startCanaryEcho } from './start-canary-echo.ts';

const never = new AbortController().signal;
const load = { ratePerSecond: 400, warmupMs: 300, durationMs: 2_500 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-canary-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function play(id: string): Promise<TrialResult> {
  const scenario = calibrationScenario('rest', load, {});
  const plan = { id, target: 'rest', condition: 'calm', variant: {}, repeat: 1, plannedMs: 0 };
  const context = {
    ...{ scenario, stack: null, workDirectory: folder, cores: os.availableParallelism(), idleUsPerSecond: undefined },
    emit: () => undefined,
  };
  return (await runTrial(plan, targetOf(scenario, 'rest'), context, never)).result;
}

describe('a trial with canaries', () => {
  it('counts its operations and their bytes alone', async () => {
    const { phases, ledger, verdict, wire, cpu } = await play('alone');
    const { canary } = verdict.figures ?? {};
    expect(canary?.count).toBeGreaterThan(80);
    expect(canary?.count).toBeLessThan(180);
    expect(canary?.floorUs).toBeGreaterThan(0);
    const { warmup, steady } = phases;
    expect(steady?.counts).toMatchObject({ offered: 1_000, ok: 1_000, attempts: 1_000 });
    // Reads of one length: every operation has the same bytes, up and down, and a canary would be 40 more.
    const operations = 1_000 + (warmup?.counts.offered ?? 0);
    expect(ledger).toMatchObject({ acknowledged: operations, received: operations, lost: 0 });
    expect((wire.bytesUp ?? 0) % operations).toBe(0);
    expect(cpu.brokerUsPerOperation).toBeNull();
    expect(cpu.harnessShare).toBeGreaterThan(0);
    expect(cpu.harnessShare).toBeLessThan(1);
    expect(cpu.waits?.generatorUsPerOperation).toBeGreaterThan(0);
    expect(cpu.waits?.serviceUsPerOperation).toBeGreaterThan(0);
    expect(cpu.waits?.brokerUsPerOperation).toBeNull();
  });

  it('has a wider error when other processes want the CPUs', async () => {
    const quiet = (await play('quiet')).verdict.figures?.canary;
    const spinners: ChildProcess[] = [];
    try {
      for (let wanted = 0; wanted < 3 * os.availableParallelism(); wanted++) {
        spinners.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
      }
      const crowded = (await play('crowded')).verdict.figures?.canary;
      expect(crowded?.p90Us ?? 0).toBeGreaterThan(500);
      expect(crowded?.p90Us ?? 0).toBeGreaterThan(quiet?.p90Us ?? Number.POSITIVE_INFINITY);
    } finally {
      for (const spinner of spinners) spinner.kill('SIGKILL');
    }
  });
});

describe('a flock', () => {
  let echo: CanaryEcho | null;
  beforeAll(async () => {
    echo = await startCanaryEcho(join(folder, 'echo.log'));
  });
  afterAll(() => echo?.process.stop());

  it('comes back whole, and its bytes are not among those of this thread’s sockets', async () => {
    const wire = new WireCounter();
    const options = { port: echo?.port ?? 0, workers: 1, worker: 0, ratePerSecond: 50, seed: 1 };
    const flock = await CanaryFlock.open(options);
    flock?.begin((dueUs) => dueUs >= 0);
    for (let n = 0; n < 50; n++) flock?.follow(n < 20 ? -1 : n, n + 5);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { delays } = flock?.close() ?? {};
    expect(delays?.count).toBe(30);
    expect(wire.total()).toEqual({ up: 0, down: 0 });
    wire.close();
  });

  it('is none where nobody answers', async () => {
    const options = { port: 1, workers: 1, worker: 0, ratePerSecond: 50, seed: 1 };
    expect(await CanaryFlock.open(options)).toBeNull();
  });
});
