import { describe, expect, it } from 'vitest';
import { runBench } from './bench-process.ts';
import { benchRig, measuredExits } from './bench-rig.ts';

const rig = benchRig('engines');

describe.each([
  ['autocannon', 'rest'],
  ['ghz', 'grpc'],
])('engine %s', (engine, target) => {
  it('plays the workload through the fault, and says what it cannot do', async () => {
    const out = rig.newOut();
    const args = ['run', 'benchmarks/scenarios/compare.yaml', '--yes', '--target', target, '--out', out];
    const settings = [`targets.${target}.engine=${engine}`, 'thresholds=[]', 'load.warmup=1s'];
    const { code, stderr } = await runBench([
      ...args,
      '--duration',
      '3s',
      ...settings.flatMap((one) => ['--set', one]),
    ]);
    expect(stderr).not.toMatch(/bug of Wirebench/);
    expect(measuredExits).toContain(code);
    const result = rig.read(out);
    expect(result.trials).toHaveLength(2);
    for (const trial of result.trials) {
      expect(trial).toMatchObject({ engine, model: 'closed' });
      expect(trial.limitations.length).toBeGreaterThan(3);
      expect(trial.ledger.lost).toBeNull();
      for (const { counts } of Object.values(trial.phases)) {
        expect(counts.ok + counts.rejected + counts.failed + counts.timedOut + counts.dropped).toBe(counts.offered);
      }
    }
    const calm = result.trials.find(({ condition }) => condition === 'calm');
    const slow = result.trials.find(({ condition }) => condition !== 'calm');
    // About 500 a second for 3 s; the tools' own pacing is coarse.
    expect(calm?.phases.steady?.counts.offered).toBeGreaterThan(900);
    expect(calm?.phases.steady?.counts.ok).toBe(calm?.phases.steady?.counts.offered);
    expect(calm?.ledger.applied ?? 0).toBeGreaterThan(1_200);
    expect(slow?.phases.during?.latencyUs.offered.p50).toBeGreaterThan(38_000);
    expect(slow?.phases.before?.latencyUs.offered.p50).toBeLessThan(30_000);
  }, 120_000); // ghz may have to be built first
});
