/** What a run pays for its agents: this process is the run, and the agents are simulated ones in a process of their own. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '../../result/bench-error.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { AgentCrew } from '../../runners/agents/agent-crew.ts';
import { agentRights, joinerRights } from '../../runners/agents/agent-rights.ts';
import { Bus } from '../../runners/agents/bus.ts';
import { recordedShape } from '../../runners/agents/fixtures/recorded-worker.ts';
import { RemoteLoad } from '../../runners/agents/remote-load.ts';
import type { LoadPlan } from '../../runners/load/worker-messages.ts';
import { Recorder } from '../../runners/recording/recorder.ts';
import { loadPlanFor, prepareTrial } from '../../runners/trial/prepare-trial.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { freePort } from '../../targets/process/free-port.ts';
import { treeCpuUs } from '../../targets/process/process-tree.ts';
import { startProcess } from '../../targets/process/supervised-process.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { startNats } from '../../targets/stack/native/nats.ts';
import { rssBytes } from '../process-memory.ts';
import type { SimulatedAgents } from './simulated-agents.ts';

export interface CrewSize {
  readonly agents: number;
  readonly workersEach: number;
  readonly operationsEach: number;
}

/** What one trial with so many agents cost the run. */
export interface CrewCost {
  readonly joinSeconds: number;
  /** Of the questions about their clocks, before a trial. */
  readonly pingMs: number;
  /** Of the agent whose clock is known least, ±. */
  readonly clockBoundUs: number;
  /** Left of the time before the start when the last agent had the word. */
  readonly leastLeadMs: number;
  /** Given for it. */
  readonly leadMs: number;
  /** CPU of the run while load flows, in cores. */
  readonly coresMeanwhile: number;
  readonly natsCoresMeanwhile: number;
  readonly handOverSeconds: number;
  readonly handOverCpuSeconds: number;
  readonly mergeSeconds: number;
  readonly residentBytes: number;
}

const loadMs = 10_000;
const never = new AbortController().signal;

export async function measureCrew(nats: string, size: CrewSize, directory: string): Promise<CrewCost> {
  const { agents, workersEach, operationsEach } = size;
  const run = randomBytes(4).toString('hex');
  const port = await freePort();
  const folder = join(directory, `${agents}-agents-${run}`);
  await mkdir(folder, { recursive: true });
  const pids: number[] = [];
  const context = { directory: folder, signal: never, onSpawn: (pid: number) => void pids.push(pid) };
  const server = await startNats(nats, { host: '127.0.0.1', port, joining: joinerRights(run) }, context);
  const url = `tls://127.0.0.1:${port}`;
  const bus = await Bus.connect({ url, name: 'run', login: server.owner, ca: server.ca });
  const version = 'benchmark';
  const crew = new AgentCrew({
    ...{ bus, run, wanted: agents, waitMs: 120_000, version, note: () => undefined },
    admit: (publicKey, k) => server.admit(publicKey, agentRights(run, k)),
  });
  const simulated: SimulatedAgents = {
    ...{ url, run, ca: server.ca, version, agents, workersEach, operationsEach, loadMs },
    ...server.joiner,
  };
  const others = await startProcess({
    name: 'simulated agents',
    command: process.execPath,
    args: [join(import.meta.dirname, 'simulated-agents.ts'), JSON.stringify(simulated)],
    logPath: join(folder, 'agents.log'),
  });
  try {
    const joinedMs = performance.now();
    await crew.muster(never);
    const joinSeconds = secondsSince(joinedMs);
    const plan = { ...planFor(agents * workersEach, workersEach), logFolder: folder };
    const cost = await playTrial(crew, plan, () => treeCpuUs(pids[0] ?? 0));
    if (cost.offered !== agents * workersEach * operationsEach)
      throw new BenchError('benchmarkReading', `Of ${agents} agents ${cost.offered} operations came`);
    return { joinSeconds, ...cost };
  } finally {
    await crew.end();
    await bus.close();
    await others.stop();
    await server.stop();
  }
}

async function playTrial(crew: AgentCrew, plan: LoadPlan, natsCpuUs: () => number | null) {
  const openedMs = performance.now();
  const load = await RemoteLoad.open({ crew, redact: (same) => same, partHosts: [] }, plan, never);
  const pingMs = performance.now() - openedMs;
  const { leadMs } = load;
  const [startedMs, cpu, natsUs] = [performance.now(), process.cpuUsage(), natsCpuUs()];
  load.begin(monotonicNowUs() + leadMs * 1e3);
  await load.whenIdle();
  const tookUs = (performance.now() - startedMs) * 1e3;
  const meanwhileUs = cpuSince(cpu);
  const natsTookUs = (natsCpuUs() ?? Number.NaN) - (natsUs ?? Number.NaN);
  let residentBytes = 0;
  const watch = setInterval(() => {
    residentBytes = Math.max(residentBytes, rssBytes([process.pid]));
  }, 50);
  const [finishMs, finishCpu] = [performance.now(), process.cpuUsage()];
  const workers = await load.finish();
  const [handOverSeconds, handOverCpuSeconds] = [secondsSince(finishMs), cpuSince(finishCpu) / 1e6];
  const mergeMs = performance.now();
  const merged = new Recorder(recordedShape.phases, recordedShape.operations, recordedShape.blocks);
  for (const { recording } of workers) merged.add(recording);
  const mergeSeconds = secondsSince(mergeMs);
  clearInterval(watch);
  const phases = Array.from({ length: recordedShape.phases }, (_, phase) => merged.phase(phase)).flat();
  return {
    ...{ pingMs, leadMs, handOverSeconds, handOverCpuSeconds, mergeSeconds, residentBytes },
    offered: phases.reduce((sum, { counts }) => sum + counts.offered, 0),
    clockBoundUs: Math.max(...load.agents.map(({ clock }) => clock.boundUs ?? Number.NaN)),
    leastLeadMs: Math.min(...load.agents.map((agent) => agent.leadMs ?? Number.NaN)),
    coresMeanwhile: meanwhileUs / tookUs,
    natsCoresMeanwhile: natsTookUs / tookUs,
  };
}

function planFor(workers: number, threads: number): LoadPlan {
  const text = `name: agents
workload: { operations: { placeOrder: { payload: order } }, payloads: { order: { size: 1KiB } } }
load: { model: open, rate: 1000/s, duration: 10s, threads: ${threads} }
targets: { rest: { protocol: rest, via: direct, connections: ${workers} } }
`;
  const reading = parseScenario(text, { path: 'agents.yaml' });
  const target = reading.ok ? reading.scenario.targets.rest : undefined;
  if (!reading.ok || target === undefined) throw new Error('the plan of the benchmark does not stand');
  const prepared = { ...prepareTrial(reading.scenario, target, restEntry), trialTag: 'abcd1234' };
  return loadPlanFor(reading.scenario, prepared, [], { address: '127.0.0.1:9', proxied: false });
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1e3;
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
