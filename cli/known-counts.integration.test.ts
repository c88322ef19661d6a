/** What becomes of operations when that is known. Counts, not times: they hold beside other work, too. */
import { describe, expect, it } from 'vitest';
import type { PhaseResult } from '../result/result-types.ts';
import { directTargets, getOf, playTruth } from './known-truth-rig.ts';

describe.concurrent('a service that refuses 30 % at once', () => {
  it('never looks fast for it: refusals count as infinitely late', async () => {
    for (const { phases, target } of await playTruth('workTime: 0ms, rejectRatio: 0.3', 'calm: []', directTargets)) {
      const { counts, latencyUs } = phases.steady as PhaseResult;
      expect(counts.rejected / counts.offered, target).toBeGreaterThan(0.2);
      expect(counts.rejected / counts.offered, target).toBeLessThan(0.4);
      expect(latencyUs.offered.p90, target).toBeNull();
      expect(latencyUs.response.p90, target).not.toBeNull();
      expect(latencyUs.response.count, target).toBe(counts.ok);
    }
  });
});

describe.concurrent('a service that is killed', () => {
  it('is in the phase during until it is ready again, not as long as its window was to last', async () => {
    const condition = 'crash: [ { at: 25%, for: 10ms, fault: kill, part: service } ]';
    const [trial] = await playTruth('workTime: 0ms', condition, 'rest: { protocol: rest }');
    const [kill] = trial?.faults ?? [];
    const { before, during, after } = trial?.phases ?? {};
    const readyAtMs = kill?.removedAtMs ?? Number.NaN;
    expect(readyAtMs).toBeGreaterThan(600); // a process does not start within 90 ms
    expect(before?.durationMs).toBe(500);
    expect(Math.abs(500 + (during?.durationMs ?? 0) - Math.min(readyAtMs, 2_000))).toBeLessThan(2);
    expect((during?.durationMs ?? 0) + (after?.durationMs ?? 0)).toBeCloseTo(1_500);
    expect((during?.counts.offered ?? 0) / ((during?.durationMs ?? 0) / 1e3)).toBeGreaterThan(100); // of 200/s
    expect(during?.counts.failed ?? 0).toBe((during?.counts.offered ?? 0) - (during?.counts.ok ?? 0));
  });
});

describe.concurrent('a Toxiproxy that is paused', () => {
  it('holds up what is sent meanwhile, toxics of another fault too, and then goes on', async () => {
    const pause = '{ at: 25%, for: 400ms, fault: pause, part: toxiproxy }';
    const condition = `still: [ ${pause}, { at: 30%, for: 30%, fault: latency, latency: 20ms } ]`;
    const resilience = 'resilience: { deadline: 5s, timeout: 5s }';
    const targets = 'rest: { protocol: rest }';
    const [trial] = await playTruth('workTime: 0ms', condition, targets, undefined, undefined, resilience);
    expect(trial?.faults.map(({ fault, proof }) => [fault, proof === null])).toEqual([
      ['pause', false],
      ['latency', false],
    ]);
    expect(trial?.faults[1]?.appliedAtMs).toBeGreaterThanOrEqual(trial?.faults[0]?.removedAtMs ?? 0);
    expect(trial?.phases.after?.counts.ok).toBe(trial?.phases.after?.counts.offered);
    expect(trial?.ledger.lost).toBe(0);
  });
});

describe.concurrent('a Toxiproxy that is killed', () => {
  it('comes back with its links where they were, and all that was sent meanwhile arrives', async () => {
    const condition = 'gone: [ { at: 25%, for: 200ms, fault: kill, part: toxiproxy } ]';
    const resilience = 'resilience: { deadline: 5s, timeout: 1s, retry: { attempts: 8 }, idempotencyKey: true }';
    const proxied = 'rest: { protocol: rest }, websocket: { protocol: websocket }';
    for (const trial of await playTruth('workTime: 0ms', condition, proxied, undefined, undefined, resilience)) {
      const { during, after } = trial.phases;
      expect(trial.faults[0]?.proof, trial.target).toMatchObject({ process: 'gone', signal: 'SIGKILL' });
      expect(trial.verdict.reasons.map(({ code }) => code)).not.toContain('proxyLost');
      for (const phase of [during, after]) expect(phase?.counts.ok, trial.target).toBe(phase?.counts.offered);
      expect(trial.ledger).toMatchObject({ lost: 0, duplicatesApplied: 0 });
    }
  });
});

describe.concurrent('an order whose reply was lost', () => {
  it('takes effect twice without the idempotency key, and once with it', async () => {
    const condition = 'deaf: [ { at: 20%, for: 40%, fault: timeout } ]';
    for (const idempotencyKey of [false, true]) {
      const resilience = `resilience: { deadline: 5s, timeout: 300ms, retry: { attempts: 6 }, idempotencyKey: ${idempotencyKey} }`;
      const target = 'rest: { protocol: rest }';
      const [trial] = await playTruth('workTime: 0ms', condition, target, undefined, undefined, resilience);
      expect(trial?.ledger.duplicatesReceived, resilience).toBeGreaterThan(0);
      if (idempotencyKey) expect(trial?.ledger.duplicatesApplied).toBe(0);
      else expect(trial?.ledger.duplicatesApplied).toBeGreaterThan(0);
    }
  });
});

describe.concurrent('the closed model', () => {
  it('keeps as many in flight as it has users, and goes on until the time is over', async () => {
    const [trial] = await playTruth(
      'workTime: 10ms',
      'calm: []',
      'rest: { protocol: rest }',
      'model: closed, users: 5',
    );
    const steady = trial?.phases.steady as PhaseResult;
    // A reply takes 10 ms and a little; an acknowledged hand-over next to nothing. Half of each: about 2 × 5 / 11 ms.
    expect(steady.counts.dropped).toBe(0);
    expect(steady.counts.ok).toBeGreaterThan(100); // a machine with nothing else to do makes about 1,000
    expect(getOf(steady).counts.ok / 2).toBeLessThan(5 / 0.01);
    expect(trial?.ledger.lost).toBe(0);
  });
});

describe.concurrent('every trial', () => {
  it('sees the same arrivals: seeded schedule, operations and keys', async () => {
    const trials = await playTruth('workTime: 0ms', 'calm: []', 'rest: { protocol: rest }, grpc: { protocol: grpc }');
    const offered = trials.map(({ phases }) => [
      phases.warmup?.counts.offered,
      phases.steady?.counts.offered,
      getOf(phases.steady).counts.offered,
    ]);
    expect(offered[0]).toEqual(offered[1]);
  });
});
