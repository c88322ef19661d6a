/** Agents, their bus and their run that stand still or are killed: nothing of it is kept quiet, and no load goes on alone. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../result/bench-error.ts';
import { leaseMs } from '../runners/agents/agent-messages.ts';
import { freePort } from '../targets/process/free-port.ts';
import { startProcess } from '../targets/process/supervised-process.ts';
import { ensurePrograms } from '../targets/stack/install.ts';
import { type AgentsRun, startWithAgents } from './agents-rig.ts';
import type { BenchProcess } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('agents-lost');
const playing: AgentsRun[] = [];
afterAll(() => {
  for (const run of playing) run.kill();
});

async function start(scenario: string, options: Parameters<typeof startWithAgents>[2]): Promise<AgentsRun> {
  const run = await startWithAgents(rig, scenario, options);
  playing.push(run);
  return run;
}

const scenario = (repeats: number, target: string) => `name: lost
workload:
  operations: { placeOrder: { payload: order } }
  payloads: { order: { size: 200B } }
  service: { workTime: 0ms }
load: { model: open, rate: 200/s, warmup: 500ms, duration: 4s, threads: 1 }
repeats: ${repeats}
targets: { shop: ${target} }
`;

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) throw new Error('there is no such process');
  process.kill(pid, name);
}

describe.concurrent('what happens to agents', () => {
  it('voids the trial by name, and the run goes on with whoever takes the place', async () => {
    const target = '{ protocol: rest, via: direct, connections: 4 }';
    // All at once: one that is started with the first trial may come after its end.
    const { run, agents, finished } = await start(scenario(4, target), { agents: 2, started: 3 });
    const spare = await Promise.any(
      agents.map(async (agent) => {
        await agent.says(/waiting to take the place of one that is lost/);
        return agent;
      }),
    );
    await run.says(/\[1\/4\][\s\S]*steady/);
    const [first, second] = agents.filter((agent) => agent !== spare) as [BenchProcess, BenchProcess];
    const nameOf = (agent: BenchProcess) => `agent-${agents.indexOf(agent) + 1}`;
    const stayed = [nameOf(second), nameOf(spare)].sort();
    signal(first.pid, 'SIGKILL');
    await run.says(/\[2\/4\][\s\S]*steady/);
    signal(second.pid, 'SIGSTOP');
    await run.says(new RegExp(`agent ${nameOf(second)} on \\S+ is lost: no sign of life`));
    signal(second.pid, 'SIGCONT');
    await run.says(/\[3\/4\][\s\S]*steady/);
    signal(run.descendants(/nats-server/)[0], 'SIGKILL');
    const { trials } = await finished();

    const told = trials.map(({ verdict, ledger, agents: of = [] }) => ({
      lost: verdict.reasons.filter(({ code }) => code === 'agentLost').map(({ message }) => message),
      status: verdict.status,
      unaccounted: ledger.unaccounted ?? 0,
      names: of.map(({ name }) => name).sort(),
    }));
    const named = (agent: BenchProcess, why: string) => new RegExp(`^Agent ${nameOf(agent)} on .+${why}`);
    expect(told[0]).toMatchObject({ status: 'invalid', lost: [expect.stringMatching(named(first, 'lost'))] });
    expect(told[0]?.unaccounted).toBeGreaterThan(0);
    expect(told[1]).toMatchObject({ status: 'invalid', names: stayed });
    expect(told[1]?.lost).toEqual([expect.stringMatching(named(second, 'no sign of life'))]);
    expect(told[2]).toMatchObject({ status: 'invalid' });
    expect(told[2]?.lost).toHaveLength(2);
    expect(told[3]).toMatchObject({ lost: [], unaccounted: 0, names: stayed });
    expect(trials[3]?.agents?.every(({ canary }) => canary !== null)).toBe(true);
    const exits = await Promise.all([second, spare].map(({ exited }) => exited));
    expect(exits.map(({ code }) => code)).toEqual([0, 0]);
  }, 120_000);

  it('keeps what is finished when no agent is left, for --resume with others', async () => {
    const text = scenario(2, '{ protocol: rest, via: direct, connections: 4 }').replace('4s', '1s');
    const { run, agents, out } = await start(text, { agents: 2, args: ['--agents-wait', '25s'] });
    await run.says(/\[2\/2\]/);
    for (const { pid } of agents) signal(pid, 'SIGKILL');
    const exit = await run.exited;
    expect(exit.stderr).toMatch(/Of 2 agents only 0 were there within 25 s: none came/);
    expect(exit.code).toBe(exitCodes.stack);
    const before = rig.read(out);
    expect(before.trials).toHaveLength(1);
    const { finished } = await start(text, { agents: 2, resume: out });
    const { status, trials } = await finished();
    expect([status, trials.length, trials[0]?.startedAt]).toEqual(['complete', 2, before.trials[0]?.startedAt]);
  }, 120_000);

  it('ends their load within five seconds when the run is killed, though their bus lives', async () => {
    const { 'nats-server': binary } = await ensurePrograms(['nats-server'], {
      ...{ confirm: async () => true, log: () => undefined, signal: new AbortController().signal },
    });
    const port = await freePort();
    const nats = await startProcess({
      ...{ name: 'NATS', command: binary, args: ['-a', '127.0.0.1', '-p', String(port)] },
      logPath: rig.write('nats.log', ''),
    });
    let served = 0;
    const shop = createServer((_, response) => {
      served++;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(shop, 'listening');
    try {
      const address = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
      const requests = '{ placeOrder: { method: POST, path: /orders, body: "{}" } }';
      const own = `{ protocol: rest, address: "${address}", via: direct, connections: 4, requests: ${requests} }`;
      const { run, agents } = await start(scenario(1, own).replace('4s', '40s'), {
        agents: 2,
        args: ['--nats', `nats://127.0.0.1:${port}`],
      });
      await run.says(/steady/);
      signal(run.pid, 'SIGKILL');
      await sleep(5_000);
      const before = served;
      await sleep(1_000);
      expect(before).toBeGreaterThan(0);
      expect(served).toBe(before);
      for (const agent of agents) {
        expect(agent.stderr).toContain(`not heard of for ${leaseMs / 1e3} s`);
        signal(agent.pid, 'SIGTERM');
        expect((await agent.exited).code).toBe(exitCodes.interrupted);
      }
    } finally {
      shop.closeAllConnections();
      shop.close();
      await nats.stop();
    }
  });
});
