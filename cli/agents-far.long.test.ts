/** Brokers of ours from other hosts, and a bus and a run that stand still for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { brokerParts } from '../targets/stack/broker-parts.ts';
import { type AgentsRun, startWithAgents } from './agents-rig.ts';
import { benchRig } from './bench-rig.ts';
import { openNamespaceHosts } from './namespace-hosts.ts';

const rig = benchRig('agents-far');
const namespaces = openNamespaceHosts(3);
if (typeof namespaces === 'string') process.stderr.write(`hosts in namespaces are left out: ${namespaces}\n`);
const found = await Promise.all([brokerParts.rabbitmq.program.find(), brokerParts.kafka.program.find()]);
const hasBrokers = found.every((path) => path !== null);
if (!hasBrokers) process.stderr.write('brokers are left out, for they are not installed\n');
let playing: AgentsRun | null = null;
afterAll(() => {
  playing?.kill();
  if (typeof namespaces !== 'string') namespaces.remove();
});

const scenario = (targets: string, load: string) => `name: far
workload:
  operations: { placeOrder: { pattern: one-way, payload: order } }
  payloads: { order: { size: 200B } }
  service: { workTime: 0ms }
load: { model: open, rate: 100/s, warmup: 1s, threads: 1, ${load} }
targets: { ${targets} }
`;

describe.skipIf(typeof namespaces === 'string' || !hasBrokers)('agents on other hosts', () => {
  it.each([
    ['in clear', '', ''],
    ['with TLS and users', ', tls: server', ', auth: sasl'],
  ])('play RabbitMQ and Kafka of ours, %s', async (_, tls, auth) => {
    if (typeof namespaces === 'string') return;
    const queue = `queue: { protocol: queue, broker: rabbitmq, producers: 3${tls}${auth} }`;
    const stream = `stream: { protocol: stream, broker: kafka, producers: 3${tls}${auth} }`;
    playing = await startWithAgents(rig, scenario(`${queue}, ${stream}`, 'duration: 3s'), {
      started: 0,
      args: ['--listen', namespaces.here],
    });
    for (const [n, { within }] of namespaces.hosts.entries()) playing.startAgent(`host-${n + 1}`, [], {}, within);
    const { trials } = await playing.finished();
    expect(trials.map(({ target }) => target).sort()).toEqual(['queue', 'stream']);
    for (const { ledger, agents = [], verdict } of trials) {
      expect(verdict.reasons.filter(({ code }) => code.startsWith('agent'))).toEqual([]);
      expect(agents.filter(({ offered }) => offered > 0)).toHaveLength(3);
      expect(ledger.acknowledged).toBeGreaterThan(300);
      expect(ledger).toMatchObject({ lost: 0, unknown: 0, unaccounted: 0, reordered: 0 });
    }
  });
});

describe.each([
  ['bus', (run: AgentsRun['run']) => run.descendants(/nats-server/)[0]],
  ['run', ({ pid }: AgentsRun['run']) => pid],
] as const)('a %s that stands still for a while', (_, pidOf) => {
  it('voids the trial, and the next one is whole', async () => {
    const rest = 'rest: { protocol: rest, via: direct, connections: 4 }';
    playing = await startWithAgents(rig, scenario(rest, 'duration: 12s').concat('repeats: 2\n'), { agents: 2 });
    const { run } = playing;
    await run.says(/steady/);
    const pid = pidOf(run) ?? 0;
    process.kill(pid, 'SIGSTOP');
    await sleep(6_000);
    process.kill(pid, 'SIGCONT');
    const { trials } = await playing.finished();
    expect(trials[0]?.verdict.reasons.filter(({ code }) => code === 'agentLost')).toHaveLength(2);
    expect(trials[1]?.verdict.reasons.filter(({ code }) => code === 'agentLost')).toEqual([]);
    expect(trials[1]?.ledger).toMatchObject({ lost: 0, unaccounted: 0 });
    for (const agent of playing.agents) expect((await agent.exited).stderr).toMatch(/joining again/);
  });
});
