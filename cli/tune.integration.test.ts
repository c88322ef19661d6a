/** Tuning where the best setting is known: connections to a service that takes 20 ms. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('tune');

/** Two connections carry 100/s at best, so at 120/s calls pile up; with sixteen none waits, whatever arrivals a repeat drew. */
const scenario = `name: known-best
workload: { operations: { getOrder: { weight: 1 } }, service: { workTime: 20ms } }
load: { model: open, arrivals: poisson, rate: 120/s, warmup: 100ms, duration: 800ms }
targets: { rest: { protocol: rest, via: direct, connections: 2 } }
sweep: { grid: { connections: [ 3, 16 ] } }
`;

describe('bench tune', () => {
  it('finds the known best setting, and what it is worth beside the target as written', async () => {
    const options = ['--objective', 'minimise p50', '--repeats', '3', '--finalists', '1'];
    const { out, stdout, result } = await rig.play(scenario, options, 'tune');
    expect(stdout).toMatch(/rest, minimise p50 under calm: .*connections=16 \(0\.\d+ × its value/);
    const { tuning, trials, status } = result;
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
    const path = rig.write('plain.yaml', scenario.replace(/^sweep.*$/m, ''));
    const plain = await runBench(['tune', path]);
    expect(plain).toMatchObject({ code: 2, stderr: expect.stringContaining('has no sweep') });
    const vague = await runBench(['tune', path, '--objective', 'faster']);
    expect(vague).toMatchObject({ code: 2, stderr: expect.stringContaining('neither minimise nor maximise') });
  });
});
