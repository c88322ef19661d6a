/** Publications on their bad days, with real parts: slow listeners, streams that are closed, a process of subscribers that dies. */
import { describe, expect, it } from 'vitest';
import type { DeliveriesResult, TrialResult } from '../result/result-types.ts';
import { BenchProcess } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('publications');

interface Played {
  readonly targets: string;
  readonly conditions?: string;
  readonly size?: string;
  readonly load: string;
  readonly count?: number;
}

function scenario({ targets, conditions = '{ calm: [] }', size = '512B', load, count = 4 }: Played): string {
  return `name: publications
workload:
  operations: { publish: { does: placeOrder, pattern: publish, payload: event } }
  payloads: { event: { size: ${size} } }
subscribers: { count: ${count} }
load: { model: open, threads: 1, ${load} }
targets: ${targets}
conditions: ${conditions}
`;
}

async function play(played: Played): Promise<Readonly<Record<string, TrialResult>>> {
  const { result } = await rig.play(scenario(played));
  return Object.fromEntries(result.trials.map((trial) => [trial.target, trial]));
}

function deliveriesOf(trial: TrialResult | undefined): DeliveriesResult {
  const { deliveries } = trial ?? {};
  if (deliveries === undefined) throw new Error('nobody knows what was delivered');
  return deliveries;
}

describe.concurrent('publications', () => {
  it('are cut off, left out or held up for a slow listener for ever, as the target says', async () => {
    const push = (overflow: string) =>
      `{ protocol: websocket, via: direct, push: { log: 300, buffer: 64KiB, overflow: ${overflow} } }`;
    const trials = await play({
      targets: `{ cut: ${push('disconnect')}, left: ${push('drop')}, held: ${push('block')} }`,
      conditions: '{ slow: [ { at: 0ms, for: 100%, fault: slow-subscriber, share: 25% } ] }',
      size: '128KiB',
      load: 'rate: 60/s, warmup: 200ms, duration: 2500ms',
    });
    const [cut, left, held] = ['cut', 'left', 'held'].map((name) => deliveriesOf(trials[name]));
    expect(cut?.overflow?.disconnected).toBeGreaterThan(0);
    expect(cut?.reconnects).toBeGreaterThan(0);
    expect(cut?.missed).toBe(0);
    expect(left?.overflow?.dropped).toBeGreaterThan(0);
    expect([left?.missed, left?.missedInGaps]).toEqual([left?.overflow?.dropped, 0]);
    expect(left?.others?.missed).toBe(0);
    expect(held?.overflow?.blockedMs).toBeGreaterThan(0);
    expect(held?.missed).toBe(0);
    // Who was held up had it as late as the slow one let it be; nobody else waited where it is cut off.
    expect(held?.others?.deliveredUs.max).toBeGreaterThan((held?.overflow?.blockedMs ?? 0) * 500);
  }, 120_000);

  it('come again after each stream that the server closes, and are missed only where nobody keeps them', async () => {
    const trials = await play({
      targets: `{ logged: { protocol: rest, push: { closeAfter: 400ms } }, bare: { protocol: rest, push: { closeAfter: 400ms, log: 0 } } }`,
      load: 'rate: 100/s, warmup: 200ms, duration: 2s',
    });
    const [logged, bare] = [deliveriesOf(trials.logged), deliveriesOf(trials.bare)];
    expect(logged.reconnects).toBeGreaterThanOrEqual(8);
    expect([logged.missed, logged.twice, logged.outOfOrder]).toEqual([0, 0, 0]);
    expect(bare.missed).toBeGreaterThan(0);
    expect(bare.missedInGaps).toBe(bare.missed);
    expect(bare.gaps.neverBack).toBe(0);
  }, 120_000);

  it('make a trial invalid whose subscribers’ process died: nothing is called missed', async () => {
    const path = rig.write(
      'killed.yaml',
      scenario({
        targets: '{ websocket: { protocol: websocket, via: direct } }',
        load: 'rate: 50/s, warmup: 200ms, duration: 3s',
      }),
    );
    const out = rig.newOut();
    const bench = new BenchProcess(['run', path, '--yes', '--out', out]);
    await bench.says(/steady/);
    const [subscribers = 0] = bench.descendants(/subscriber-process/);
    process.kill(subscribers, 'SIGKILL');
    await bench.exited;
    const [trial] = rig.read(out).trials;
    expect(trial?.verdict.status).toBe('invalid');
    expect(trial?.verdict.reasons.map(({ code }) => code)).toContain('subscribersLost');
    expect(trial?.deliveries).toBeUndefined();
    expect(trial?.phases.steady?.latencyUs.delivered.p50 ?? null).toBeNull();
  }, 120_000);
});
