import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('samples');

const scenario = rig.write(
  'few.yaml',
  `name: few
workload: { operations: { placeOrder: {}, getOrder: {} }, service: { workTime: 20ms } }
load: { model: open, rate: 400/s, warmup: 200ms, duration: 1s, maxInFlight: 4, threads: 2 }
targets: { rest: { protocol: rest, via: direct } }
conditions: { calm: [] }
`,
);

it('writes every operation of both workers, those that were dropped included', async () => {
  const out = rig.newOut();
  await runBench(['run', scenario, '--stack', 'native', '--yes', '--out', out, '--format', 'samples']);
  const text = readFileSync(join(out, 'samples.ndjson'), 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [trial] = rig.read(out).trials;
  for (const [name, phase] of Object.entries(trial?.phases ?? {})) {
    const own = lines.filter((line) => line.phase === name);
    const counted = (outcome: string) => own.filter((line) => line.outcome === outcome).length;
    const { offered, ok, dropped } = phase.counts;
    expect([own.length, counted('ok'), counted('dropped')]).toEqual([offered, ok, dropped]);
  }
  expect(trial?.phases.steady?.counts.dropped).toBeGreaterThan(0);
  expect(new Set(lines.map(({ worker }) => worker))).toEqual(new Set([0, 1]));
  const done = lines.filter(({ outcome }) => outcome === 'ok');
  expect(new Set(done.map(({ id }) => id)).size).toBe(done.length);
  for (const { intendedUs, sentUs, firstByteUs, acknowledgedUs, completedUs } of done) {
    const times = [intendedUs, sentUs, firstByteUs, acknowledgedUs, completedUs];
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
});

it('loses its samples on a full disk, never the trial, and refuses a place that cannot be one', async () => {
  const out = rig.newOut();
  const to = (path: string) => ['--out', out, '--format', `samples=${path}`];
  const { stderr } = await runBench(['run', scenario, '--stack', 'native', '--yes', ...to('/dev/full')]);
  expect(stderr).toMatch(/The samples of rest-calm-1 are not whole: ENOSPC/);
  const { status, trials, warnings } = rig.read(out);
  expect([status, trials.length]).toEqual(['complete', 1]);
  expect(warnings.map(({ code }) => code)).toContain('samplesMissing');
  const refused = await runBench(['run', scenario, '--stack', 'native', '--yes', ...to('/dev/null/x')]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/samples cannot be written to/)]);
});
