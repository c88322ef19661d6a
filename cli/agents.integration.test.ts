/** One load made by several agents over a real NATS: the same as by one process, and nothing that goes wrong is kept quiet. */
import { afterEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import { type AgentsRun, startWithAgents } from './agents-rig.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('agents');
const scenario = (seconds: number) => `name: agents
workload:
  operations:
    placeOrder: { weight: 5, payload: order }
    getOrder: { weight: 3 }
    cancelOrder: { weight: 2 }
  payloads: { order: { size: 200B } }
  service: { workTime: 0ms }
load: { model: open, arrivals: poisson, rate: 300/s, warmup: 500ms, duration: ${seconds}s, threads: 1 }
targets: { rest: { protocol: rest, via: direct, connections: 6, tls: mutual, auth: jwt } }
`;

let playing: AgentsRun | null = null;
afterEach(() => playing?.kill());

function offered({ trials }: RunResult) {
  return trials.map(({ phases }) =>
    Object.entries(phases).map(([phase, { operations }]) => [
      phase,
      Object.fromEntries(Object.entries(operations).map(([name, { counts }]) => [name, counts.offered])),
    ]),
  );
}

describe('bench run --agents', () => {
  it('plays the same load as one process, and keeps one ledger of it', async () => {
    const alone = (await rig.play(scenario(2))).result;
    playing = await startWithAgents(rig, scenario(2), { agents: 3 });
    const together = await playing.finished();
    expect(offered(together)).toEqual(offered(alone));
    const [one, many] = [alone.trials[0], together.trials[0]];
    const { acknowledged, received, applied } = one?.ledger ?? {};
    expect(many?.ledger).toMatchObject({ acknowledged, received, applied, lost: 0, unknown: 0, unaccounted: 0 });
    expect(many?.ledger).toMatchObject({ duplicatesReceived: 0, corrupted: 0, reordered: 0 });
    expect(many?.agents?.map(({ name, workers }) => [name, workers.count])).toEqual([
      [expect.stringMatching(/^agent-/), 1],
      [expect.stringMatching(/^agent-/), 1],
      [expect.stringMatching(/^agent-/), 1],
    ]);
    expect(many?.clock?.boundUs).toBeGreaterThan(0);
    const exits = await Promise.all(playing.agents.map(({ exited }) => exited));
    expect(exits.map(({ code }) => code)).toEqual([0, 0, 0]);
  });
});
