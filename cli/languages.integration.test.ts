/** Services in Go under faults, under an interrupt, and on a machine without Go. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needsGoService } from '../targets/driver-suite/describe-go-contract.ts';
import { allGone, BenchProcess, runBench } from './bench-process.ts';
import { benchRig, measuredExits } from './bench-rig.ts';

const rig = benchRig('languages');
needsGoService();

const scenario = (load: string, windows = '') => `name: languages
workload:
  seed: 5
  operations: { placeOrder: { pattern: request-reply, payload: order }, getOrder: {} }
  payloads: { order: { size: 100B } }
load: { model: open, rate: 150/s, ${load} }
targets:
  rest: { protocol: rest, via: direct, service: { runtime: go } }
  grpc: { protocol: grpc, via: direct, service: { runtime: go } }
  node: { protocol: rest, via: direct, service: { runtime: node } }
conditions: { it: [ ${windows} ] }
resilience: { deadline: 1s, timeout: 1s }
`;

describe.concurrent('a service in Go', () => {
  it('is killed, paused, slowed and made to fail as others are, and its account adds up', async () => {
    const windows = `
      { at: 300ms, for: 300ms, fault: kill, part: service },
      { at: 1s, for: 300ms, fault: pause, part: service },
      { at: 1600ms, for: 400ms, fault: slow-service, workTime: 100ms },
      { at: 2200ms, for: 500ms, fault: failing-service, rejectRatio: 1 }`;
    const text = scenario('warmup: 200ms, duration: 3s', windows);
    const { result, stdout } = await rig.play(text, ['--target', 'rest', '--target', 'grpc']);
    expect(result.trials).toHaveLength(2);
    for (const { target, faults, ledger, phases } of result.trials) {
      expect(
        faults.map(({ fault, proof }) => [fault, proof === null]),
        target,
      ).toEqual([
        ['kill', false],
        ['pause', false],
        ['slow-service', false],
        ['failing-service', false],
      ]);
      expect(ledger, target).toMatchObject({ lost: 0, duplicatesApplied: 0, corrupted: 0, reordered: 0 });
      expect(ledger.acknowledged, target).toBeGreaterThan(100);
      expect(phases.during?.counts.rejected, target).toBeGreaterThan(10);
      expect(phases.during?.operations.placeOrder?.inServiceUs?.max, target).toBeGreaterThan(99_000);
    }
    expect(stdout).toMatch(/the service’s share of p50/);
    expect(stdout).toMatch(/grpc-go [\d.]+, go1/);
  }, 60_000);

  it('goes with its harness when that is told to stop', async () => {
    const path = rig.write('long.yaml', scenario('warmup: 200ms, duration: 20s'));
    const out = rig.newOut();
    const bench = new BenchProcess(['run', path, '--yes', '--target', 'grpc', '--out', out]);
    await bench.says(/steady/);
    const children = bench.descendants();
    expect(bench.descendants(/go-service/)).toHaveLength(1);
    bench.child.kill('SIGTERM');
    expect((await bench.exited).code).toBe(130);
    expect(await allGone(children)).toEqual([]);
    expect(rig.read(out).status).toBe('interrupted');
  }, 60_000);

  it('is told of where there is no Go to build it with, and targets in Node run', async () => {
    const path = (process.env.PATH ?? '').split(':').filter((folder) => !existsSync(join(folder, 'go')));
    const env = { PATH: path.join(':'), XDG_CACHE_HOME: join(rig.folder, 'no-cache') };
    const file = rig.write('without-go.yaml', scenario('warmup: 0s, duration: 500ms'));
    const run = (target: string) => runBench(['run', file, '--yes', '--target', target, '--out', rig.newOut()], env);
    const [doctor, refused, inNode] = await Promise.all([runBench(['doctor'], env), run('rest'), run('node')]);
    expect(doctor.stdout).toMatch(/optional {2}Go service \(first: go\)/);
    expect(doctor.stdout).toMatch(/without it: targets with service: \{ runtime: node \} run/);
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringMatching(/Go service needs go, which is not on PATH/),
    ]);
    expect(measuredExits, inNode.stderr).toContain(inNode.code);
  }, 60_000);
});
