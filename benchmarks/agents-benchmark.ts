/** What many load machines cost: the run, beside 10 and 100 simulated agents, and two real ones beside one process. */
import { ensurePrograms } from '../targets/stack/install.ts';
import { type CrewCost, type CrewSize, measureCrew } from './agents/crew-cost.ts';
import type { Benchmark } from './benchmark.ts';
import { type Comparison, goalLinesOf, playComparisons } from './comparison.ts';
import { comparisonTable } from './comparison-table.ts';
import { ours } from './ours.ts';
import { fixedRateLengths, ratePerSecond } from './part.ts';
import { ensurePeers } from './peers/peer-programs.ts';
import { programVersions } from './program-versions.ts';
import { startNginx } from './servers/nginx.ts';

const sizes: readonly CrewSize[] = [10, 100].map((agents) => ({ agents, workersEach: 8, operationsEach: 10_000 }));
const crewSeconds = { 10: 25, 100: 90 } as const;
const agents = 2;
const comparedSeconds = 30;

export const agentsBenchmark: Benchmark = {
  describe: 'what a run pays for 10 and 100 agents, and what two of them cost beside one process',
  expectedSeconds: ({ rounds }) =>
    Object.values(crewSeconds).reduce((sum, one) => sum + one, 0) + rounds * comparedSeconds,
  async run({ directory, rounds, log, signal }) {
    const { 'nats-server': nats } = await ensurePrograms(['nats-server'], { log, signal, confirm: async () => true });
    const { nginx } = await ensurePeers(['nginx'], log, signal);
    const crews: { readonly size: CrewSize; readonly cost: CrewCost }[] = [];
    for (const size of sizes) {
      signal.throwIfAborted();
      const cost = await measureCrew(nats, size, directory);
      log(`${size.agents} simulated agents: ${JSON.stringify(cost)}`);
      crews.push({ size, cost });
    }
    const server = await startNginx(nginx, signal);
    try {
      const deadlineMs = rounds * comparedSeconds * 1e3;
      const [summary] = await playComparisons([besideOne(server.address)], { rounds, deadlineMs, log, signal });
      if (summary === undefined) throw new Error('nothing was compared');
      const versions = programVersions({ nginx: [nginx, '-v'], 'nats-server': [nats, '--version'] });
      return {
        text: [...crews.map(crewText), '', comparisonTable(summary)].join('\n'),
        goals: goalLinesOf(summary),
        data: { crews, comparisons: [summary], versions },
      };
    } finally {
      await server.stop();
    }
  },
};

/** The same load from as many threads, on the same cores. */
function besideOne(address: string): Comparison {
  const env = (threads: number) => ({
    WIREBENCH_BENCHMARK_ADDRESS: address,
    WIREBENCH_BENCHMARK_THREADS: String(threads),
  });
  return {
    title: `REST at ${ratePerSecond}/s by ${agents} agents of a thread each`,
    model: 'fixedRate',
    lengths: fixedRateLengths,
    ours: ours({ scenario: 'agents', env: env(1), agents }, `${agents} agents`),
    peers: [ours({ scenario: 'agents', env: env(agents) }, `one process of ${agents} threads`)],
    goals: {},
  };
}

function crewText({ size, cost }: { readonly size: CrewSize; readonly cost: CrewCost }): string {
  const { agents, workersEach, operationsEach } = size;
  const text = (value: number, digits = 1) => value.toFixed(digits);
  return [
    `${agents} simulated agents of ${workersEach} threads, ${operationsEach.toLocaleString('en')} operations each`,
    `  joined after ${text(cost.joinSeconds)} s; clocks known to ± ${text(cost.clockBoundUs / 1e3, 2)} ms within ${text(cost.pingMs / 1e3)} s`,
    `  the last had the word of the start ${text(cost.leastLeadMs)} ms before it, of ${text(cost.leadMs)} ms`,
    `  while load flows: ${text(cost.coresMeanwhile, 3)} cores of the run, ${text(cost.natsCoresMeanwhile, 3)} of the NATS server`,
    `  hand-over ${text(cost.handOverSeconds)} s, ${text(cost.handOverCpuSeconds)} s of CPU; merging ${text(cost.mergeSeconds, 2)} s; ${text(cost.residentBytes / 2 ** 20, 0)} MiB resident`,
  ].join('\n');
}
