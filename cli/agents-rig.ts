/** For tests: a run with agents, each a process as a user starts it. */
import { expect } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import { BenchProcess } from './bench-process.ts';
import { type BenchRig, measuredExits } from './bench-rig.ts';

export interface AgentsRun {
  readonly run: BenchProcess;
  readonly agents: BenchProcess[];
  readonly out: string;
  /** Starts one more. */
  startAgent(
    name: string,
    args?: readonly string[],
    env?: Readonly<Record<string, string>>,
    within?: readonly string[],
  ): BenchProcess;
  /** Expects that it was measured, and that every agent has left in peace. */
  finished(): Promise<RunResult>;
  /** Ends whatever still runs; of a run that should have ended, tells what was said. */
  kill(): void;
}

interface AgentsRunOptions {
  readonly agents?: number;
  /** Of the run. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The result folder of an earlier run of the same scenario. */
  readonly resume?: string;
  /** What they join in place of what is printed. */
  readonly through?: (join: string) => Promise<string>;
  /** How many are started with it; left out: all. */
  readonly started?: number;
}

/** Starts the run and, once it has printed how to join it, as many agents: `agent-1`, `agent-2`, … */
export async function startWithAgents(
  rig: BenchRig,
  scenario: string,
  { agents = 3, args = [], started = agents, env, resume, through }: AgentsRunOptions = {},
): Promise<AgentsRun> {
  const out = resume ?? rig.newOut();
  const path = rig.write(`agents-${out.split('-').at(-1)}.yaml`, scenario);
  const into = [resume === undefined ? '--out' : '--resume', out];
  const run = new BenchProcess(['run', path, '--yes', '--full', ...into, '--agents', String(agents), ...args], env);
  await run.says(/bench agent --join \S+/, 240_000); // NATS may have to be installed
  const [, joinLine = ''] = /bench (agent --join .+)/.exec(run.stderr) ?? [];
  const [agent = '', option = '', printed = '', ...rest] = joinLine.split(/ (?=--nats|--allow)/)[0]?.split(' ') ?? [];
  const joinArgs = [agent, option, (await through?.(printed)) ?? printed, ...rest];
  const processes: BenchProcess[] = [];
  const startAgent: AgentsRun['startAgent'] = (name, more = [], env = {}, within = []) => {
    const agent = new BenchProcess([...joinArgs, '--name', name, '--wait', '20s', ...more], env, within);
    processes.push(agent);
    return agent;
  };
  for (let n = 1; n <= started; n++) startAgent(`agent-${n}`);
  return {
    ...{ run, out, agents: processes, startAgent },
    async finished() {
      const exit = await run.exited;
      expect(exit.stderr).not.toMatch(/bug of Wirebench/);
      expect(measuredExits, exit.stderr).toContain(exit.code);
      return rig.read(out);
    },
    kill() {
      if (run.child.exitCode === null && run.child.signalCode === null)
        for (const { stderr } of [run, ...processes]) process.stderr.write(`still running:\n${stderr}\n`);
      for (const { child } of [run, ...processes]) {
        child.kill('SIGCONT');
        child.kill('SIGKILL');
      }
    },
  };
}
