/** Agents whose clocks are not the run's, and ways between them that are longer in one direction. */
import { afterAll, describe, expect, it } from 'vitest';
import type { RunningStack } from '../targets/stack/stack.ts';
import { startStack } from '../targets/stack/start-stack.ts';
import { type AgentsRun, startWithAgents } from './agents-rig.ts';
import { benchRig } from './bench-rig.ts';
import { openNamespaceHosts } from './namespace-hosts.ts';

const rig = benchRig('agents-clocks');
const namespaces = openNamespaceHosts(3);
if (typeof namespaces === 'string') process.stderr.write(`hosts in namespaces are left out: ${namespaces}\n`);
const playing: AgentsRun[] = [];
let stack: RunningStack | null = null;
afterAll(async () => {
  for (const run of playing) run.kill();
  await stack?.down();
  if (typeof namespaces !== 'string') namespaces.remove();
});

const scenario = (via: string, seconds: number) => `name: clocks
workload:
  operations: { getOrder: { weight: 1 }, placeOrder: { payload: order, pattern: one-way, weight: 2 } }
  payloads: { order: { size: 200B } }
  service: { workTime: 0ms }
load: { model: open, rate: 200/s, warmup: 300ms, duration: ${seconds}s, threads: 1 }
targets: { rest: { protocol: rest, via: ${via}, connections: 6 } }
`;

async function start(text: string, options: Parameters<typeof startWithAgents>[2]): Promise<AgentsRun> {
  const run = await startWithAgents(rig, text, options);
  playing.push(run);
  return run;
}

describe.concurrent('agents on hosts with clocks of their own', () => {
  it.skipIf(typeof namespaces === 'string').for(['toxiproxy', 'direct'])(
    'play one load from three hosts on a service of ours, via %s',
    async (via) => {
      if (typeof namespaces === 'string') return;
      const { here, hosts } = namespaces;
      const { finished, startAgent } = await start(scenario(via, 2), { started: 0, args: ['--listen', here] });
      for (const [n, { within }] of hosts.entries()) startAgent(`host-${n + 1}`, [], {}, within);
      const { trials } = await finished();
      const [trial] = trials;
      expect(trial?.agents?.map(({ name, offered }) => [name, offered > 0]).sort()).toEqual([
        ['host-1', true],
        ['host-2', true],
        ['host-3', true],
      ]);
      const acknowledged = trial?.ledger.acknowledged ?? 0;
      const applied = trial?.ledger.unacknowledgedButApplied ?? 0;
      expect(acknowledged).toBeGreaterThan(300);
      const received = acknowledged + applied; // what busy cores kept too long has failed
      expect(trial?.ledger).toMatchObject({ received, lost: 0, unknown: 0, unaccounted: 0, reordered: 0 });
      // The clocks are days apart, and known to far less than what a loaded machine takes for a message.
      expect(trial?.clock?.boundUs).toBeLessThan(50_000);
      const { delivered } = trial?.phases.steady?.operations.placeOrder?.latencyUs ?? {};
      expect(delivered?.count).toBeGreaterThan(50);
      expect(delivered?.max).toBeLessThan(20e6);
    },
  );

  it('do not tell a time that a longer way in one direction leaves unknown', async () => {
    const own = await startStack({
      ...{ mode: 'native', needs: { toxiproxy: true, brokers: {} }, allowHosts: [] },
      ...{ confirm: async () => true, log: () => undefined, signal: new AbortController().signal },
    });
    stack = own;
    const through = async (join: string) => {
      const { host, pathname } = new URL(join.replace(/^tls:/, 'http:'));
      const link = await own.openLink('client', host);
      const attributes = { latency: 24, jitter: 0 };
      await own.toxiproxy?.addToxic(link.proxy, { name: 'longer', type: 'latency', stream: 'upstream', attributes });
      return `tls://${link.address}${pathname}`;
    };
    const { run, finished } = await start(scenario('direct', 2), { agents: 2, through });
    const { trials } = await finished();
    const { clock, phases, verdict } = trials[0] ?? {};
    expect(clock?.boundUs).toBeGreaterThan(11_000); // half of what one cannot know
    expect(verdict?.reasons.map(({ code }) => code)).toContain('clockUnsure');
    const { count = 0, p50 } = phases?.steady?.operations.placeOrder?.latencyUs.delivered ?? {};
    expect(count).toBeGreaterThan(50);
    // How often it was worse than nothing is told; on busy cores deliveries may take longer than what the clocks hide.
    expect(clock?.beforeStart).toBeGreaterThanOrEqual((p50 ?? 0) < 1_000 ? 50 : 0);
    // On busy cores a delivery may take so long that its first digit is sure.
    const isSure = (p50 ?? 0) >= 10 * (clock?.boundUs ?? 0);
    expect((await run.exited).stdout).toMatch(isSure ? /± [1-9]\d(\.\d)? ms/ : /delivered p50 +not resolved/);
  });
});
