/** What makes a measurement doubtful, provoked on real runs. The pauses of generator and service are among the bad days. */
import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import type { TrialResult } from '../result/result-types.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('verdict');

const neighbours: ChildProcess[] = [];
afterEach(() => {
  for (const neighbour of neighbours.splice(0)) neighbour.kill('SIGKILL');
});

async function run(name: string, load: string): Promise<{ trial: TrialResult; codes: string[]; stdout: string }> {
  const { stdout, stderr, result } = await rig.play(
    `name: ${name}
workload: { operations: { getOrder: { weight: 1, pattern: request-reply } } }
load: { ${load} }
targets: { rest: { protocol: rest, via: direct } }
conditions: { calm: [] }
`,
  );
  const [trial] = result.trials;
  if (trial === undefined) throw new Error(`no trial was stored; stderr:\n${stderr}`);
  return { trial, codes: trial.verdict.reasons.map(({ code }) => code), stdout };
}

describe('a rate beyond the machine', () => {
  it('is invalid for the generator’s lateness and its own drops, all of them counted, and never ranked', async () => {
    const load = 'model: open, rate: 1000000/s, maxInFlight: 500, warmup: 0ms, duration: 500ms';
    const { trial, codes, stdout } = await run('beyond', load);
    expect(trial.verdict.status).toBe('invalid');
    expect(codes).toEqual(expect.arrayContaining(['generatorLate', 'generatorDrops']));
    const { offered = 0, dropped = 0, ok = 0 } = trial.phases.steady?.counts ?? {};
    // Half a million arrivals, give or take five standard deviations of their count: none is left out.
    expect(Math.abs(offered - 500_000)).toBeLessThan(3_600);
    expect(dropped).toBeGreaterThan(offered / 2);
    expect(dropped + ok).toBeLessThanOrEqual(offered);
    expect(trial.verdict.figures?.droppedLateShare).toBeGreaterThan(0.01);
    expect(stdout).toMatch(/generatorLate, rest-calm-1: The generator started operations late/);
    expect(stdout).toMatch(/no target has a figure that can be ranked/);
  });
});

describe('programs beside the run that want all cores', () => {
  it('make it suspect for their share of the machine, not for the mere pressure', async () => {
    // Two a core: one alone needs nobody to wait, and on a quiet machine it may find a core that is nearly its own.
    for (let wanted = 0; wanted < 2 * os.availableParallelism(); wanted++) {
      neighbours.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    }
    const { trial, codes } = await run('beside', 'model: open, rate: 50/s, warmup: 0ms, duration: 700ms');
    expect(trial.verdict.status).not.toBe('valid');
    expect(codes).toContain('otherWork');
    expect(trial.verdict.figures?.otherWork).toBeGreaterThan(0.3);
    expect(trial.verdict.figures?.cpuPressure ?? 1).toBeGreaterThan(0.1);
    expect(codes).not.toContain('cpuPressure');
  });
});
