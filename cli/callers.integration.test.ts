/** Callers with and without the right, at gateways and at a service itself: what each gets, and who is admitted. */
import { describe, expect, it } from 'vitest';
import type { CallerResult, RunResult, TrialResult } from '../result/result-types.ts';
import { benchRig } from './bench-rig.ts';

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
    expect(result.thresholds.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'pass']);
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
});

function trialOf({ trials }: RunResult, target: string): TrialResult {
  const found = trials.find((trial) => trial.target === target);
  if (found === undefined) throw new Error(`no trial of ${target}`);
  return found;
}

function callersOf(result: RunResult, target: string): readonly CallerResult[] {
  return trialOf(result, target).callers ?? [];
}
