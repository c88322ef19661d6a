/** Does `bench run` hold its memory? Resident size at the end of ten minutes beside that after the first one. */
import type { Benchmark } from './benchmark.ts';
import { doubtsOf, type GoalLine, meets, outcomeOf } from './goal-line.ts';
import { runOurs } from './ours.ts';
import { ensurePeers } from './peers/peer-programs.ts';
import { rssBytes } from './process-memory.ts';
import { programVersions } from './program-versions.ts';
import { startNginx } from './servers/nginx.ts';
import { inWords, type Spread, spreadOf } from './spread.ts';

const ratePerSecond = 5_000;
const fullSeconds = 600;
/** Of the run: by then buffers are filled and code is compiled. One minute of ten. */
const earlyShare = 0.1;
/** Of the run: the collector's saw-tooth is averaged over so much of it. */
const windowShare = 1 / 60;
const goal = 1.1;

export interface MemorySample {
  readonly atMs: number;
  readonly rssBytes: number;
}

export const memory: Benchmark = {
  describe: `memory of \`bench run\`: REST at ${ratePerSecond}/s for ten minutes; --duration SECONDS shortens it`,
  expectedSeconds: ({ durationSeconds }) => (durationSeconds ?? fullSeconds) + 10,
  async run({ durationSeconds, log, signal }) {
    const seconds = durationSeconds ?? fullSeconds;
    const { nginx } = await ensurePeers(['nginx'], log, signal);
    const server = await startNginx(nginx, signal);
    const samples: MemorySample[] = [];
    try {
      const env = { WIREBENCH_BENCHMARK_ADDRESS: server.address };
      const args = ['--rate', `${ratePerSecond}/s`];
      const watch = (pids: readonly number[], atMs: number) => void samples.push({ atMs, rssBytes: rssBytes(pids) });
      const run = await runOurs({ scenario: 'rest', env, args, watch }, seconds, signal);
      const line = memoryLine(samples, seconds, run.verdict?.reasons ?? []);
      const { completed, failed, verdict } = run;
      const text = [
        line.task,
        `  resident after ${seconds * earlyShare} s: ${inWords(line.beside?.figure ?? line.ours, 0)} MiB`,
        `  resident after ${seconds} s: ${inWords(line.ours, 0)} MiB`,
        `  ratio ${inWords(line.measured, 3)}, goal ≤ ${goal}: ${outcomeOf(line)}`,
        `  ${completed.toLocaleString('en')} completed, ${failed} failed, the trial ${verdict?.status}`,
      ].join('\n');
      const timeline = samples.filter((_, index) => index % 20 === 0); // one a second
      return {
        text,
        goals: [line],
        data: {
          seconds,
          ratePerSecond,
          run: { completed, failed, verdict },
          timeline,
          versions: programVersions({ nginx: [nginx, '-v'] }),
        },
      };
    } finally {
      await server.stop();
    }
  },
};

/** `seconds` counts from the start of the process, which the load follows within a second or so: both windows are load. */
export function memoryLine(samples: readonly MemorySample[], seconds: number, reasons: readonly string[]): GoalLine {
  const before = (share: number): Spread => {
    const endMs = seconds * share * 1e3;
    const startMs = endMs - seconds * windowShare * 1e3;
    const inside = samples.filter(({ atMs }) => atMs > startMs && atMs <= endMs);
    return spreadOf(inside.map((sample) => sample.rssBytes / 2 ** 20));
  };
  const early = before(earlyShare);
  const late = before(1);
  const measured = spreadOf([late.median / early.median]);
  return {
    task: `memory, REST at ${ratePerSecond}/s for ${seconds} s`,
    figure: `resident at the end, MiB`,
    ours: late,
    beside: { name: `after ${Math.round(seconds * earlyShare)} s`, figure: early },
    measured,
    sign: '≤',
    goal,
    isMet: meets(measured, '≤', goal),
    doubts: doubtsOf([reasons]),
  };
}
