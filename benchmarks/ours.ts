/** `bench run` on a scenario file, measured from outside like any other tool; nothing is left out of what it records. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../result/bench-error.ts';
import type { RunResult, TrialResult } from '../result/result-types.ts';
import type { LoadRun, LoadTool } from './load-tool.ts';
import { type Command, measureCommand } from './measured-command.ts';

const root = join(import.meta.dirname, '..');
const withAgents = join(import.meta.dirname, 'agents', 'with-agents.sh');
/** Set-up, warm-up, drain and reports. */
const graceMs = 30_000;

export interface OurRun {
  /** Name of a file in benchmarks/scenarios, without its ending. */
  readonly scenario: string;
  readonly env: Readonly<Record<string, string>>;
  /** Further arguments of `bench run`. */
  readonly args?: readonly string[];
  /** So many agents of this machine make the load; left out: the run itself does. */
  readonly agents?: number;
  /** Beside those of a run that went through: of one that `watch` ends, say. */
  readonly exitCodes?: readonly number[];
  /** See measureCommand. */
  readonly watch?: Command['watch'];
}

export function ours(run: OurRun, name = 'wirebench'): LoadTool {
  return { name, unequal: [], run: (seconds, signal) => runOurs(run, seconds, signal) };
}

export async function runOurs(
  { scenario, env, args = [], agents, exitCodes: others = [], watch }: OurRun,
  seconds: number,
  signal: AbortSignal,
): Promise<LoadRun> {
  const out = await mkdtemp(join(os.tmpdir(), 'wirebench-benchmark-result-'));
  try {
    const file = join(import.meta.dirname, 'scenarios', `${scenario}.yaml`);
    const measured = await measureCommand(
      {
        name: `bench run ${scenario}`,
        command: agents === undefined ? join(root, 'bench') : withAgents,
        args: [agents === undefined ? 'run' : String(agents), file, '--duration', `${seconds}s`, '--out', out, ...args],
        env: { ...env, NO_COLOR: '1' },
        exitCodes: [exitCodes.done, exitCodes.invalid, ...others], // an invalid trial is told below
        deadlineMs: seconds * 1e3 + graceMs,
        ...(watch === undefined ? {} : { watch }),
      },
      signal,
    );
    const result = JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as RunResult;
    const [trial] = result.trials;
    if (trial === undefined) throw new Error(`bench run ${scenario} left no trial`);
    return { measured, ...countsOf(trial), verdict: verdictOf(trial) };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function countsOf({ phases }: TrialResult) {
  const all = Object.values(phases).map(({ counts }) => counts);
  const completed = all.reduce((sum, { ok }) => sum + ok, 0);
  const offered = all.reduce((sum, counts) => sum + counts.offered, 0);
  return { completed, failed: offered - completed, perSecond: phases.steady?.goodputPerSecond ?? Number.NaN };
}

function verdictOf({ verdict, phases }: TrialResult): LoadRun['verdict'] {
  return {
    status: verdict.status,
    reasons: verdict.reasons.map(({ code, message }) => `${code}: ${message}`),
    sendLagP99Us: phases.steady?.latencyUs.sendLag.p99 ?? null,
  };
}
