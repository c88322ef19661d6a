/** Tuning where the best setting is known: connections to a service that takes 20 ms. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import { runBench } from './bench-process.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-tune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two connections carry 100/s at best, so at 120/s calls pile up; with sixteen none waits, whatever arrivals a repeat drew. */
const scenario = `name: known-best
workload: { operations: { getOrder: { weight: 1 } }, service: { workTime: 20ms } }
load: { model: open, arrivals: poisson, rate: 120/s, warmup: 100ms, duration: 800ms }
targets: { rest: { protocol: rest, via: direct, connections: 2 } }
sweep: { grid: { connections: [ 3, 16 ] } }
`;

describe('bench tune', () => {
  it('finds the known best setting, and what it is worth beside the target as written', async () => {
    const path = join(folder, 'tune.yaml');
    const out = join(folder, 'out');
    writeFileSync(path, scenario);
    const options = ['--yes', '--out', out, '--objective', 'minimise p50', '--repeats', '3', '--finalists', '1'];
    const { code, stdout } = await runBench(['tune', path, ...options]);
    expect([0, 5]).toContain(code); // a busy machine may make a trial invalid
    expect(stdout).toMatch(/rest, minimise p50 under calm: .*connections=16 \(0\.\d+ × its value/);
    const { tuning, trials, status } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult;
    expect(status).toBe('complete');
    expect(existsSync(join(out, 'survey.json'))).toBe(true);
    const [found] = tuning ?? [];
    expect(found?.survey.map(({ variant }) => variant.connections)).toEqual([16, 3]);
    expect(found?.finalists.map(({ variant }) => variant.connections)).toEqual([16]);
    expect(found?.finalists[0]?.against?.ratio).toBeLessThan(1);
    // The finals: the finalist and the target as written, three times each.
    expect(trials.map(({ variant }) => variant.connections ?? 'as written').sort()).toEqual([
      ...[16, 16, 16, 'as written', 'as written', 'as written'],
    ]);
  });

  it('says what is missing: a sweep, or a sense of what to tune for', async () => {
    const path = join(folder, 'plain.yaml');
    writeFileSync(path, scenario.replace(/^sweep.*$/m, ''));
    const plain = await runBench(['tune', path]);
    expect(plain).toMatchObject({ code: 2, stderr: expect.stringContaining('has no sweep') });
    const vague = await runBench(['tune', path, '--objective', 'faster']);
    expect(vague).toMatchObject({ code: 2, stderr: expect.stringContaining('neither minimise nor maximise') });
  });
});
