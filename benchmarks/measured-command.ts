/** Runs one load tool to its end and tells what it cost: the same way for ours and for every peer. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../result/bench-error.ts';
import { descendantsOf } from '../targets/process/descendants.ts';
import { startProcess } from '../targets/process/supervised-process.ts';
import { peakRssBytes } from './process-memory.ts';

export interface Command {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are no failure of the tool; 0 if left out. */
  readonly exitCodes?: readonly number[];
  /** The tool is given up beyond this. */
  readonly deadlineMs: number;
  /** Called 20 times a second while the tool runs: its processes, and how long ago it was started. */
  readonly watch?: (pids: readonly number[], elapsedMs: number) => void;
}

export interface MeasuredCommand {
  /** User + system of the whole process tree, from the kernel's account of waited-for children: exact to 1 ms. */
  readonly cpuUs: number;
  /** Highest sum of the high-water marks of the processes alive at once. */
  readonly peakRssBytes: number;
  readonly wallMs: number;
  readonly stdout: string;
  /** With what it was told by environment before it. */
  readonly commandLine: string;
}

const pollMs = 50;
/**
 * `time` of bash waits for the tool and its children; file 3 takes the figures, away from the tool's own words. The trap has
 * bash outlive a SIGTERM, with which it would take the tool along before that has cleared up.
 */
const timed =
  'trap : TERM; exec 3>"$1" 4>"$2"; shift 2; TIMEFORMAT="%U %S"; { time setpriv --pdeathsig KILL "$@" >&4 2>&5; } 5>&2 2>&3';

/** Rejects when the tool ends with another code than expected, outlives its deadline, or the signal comes. */
export async function measureCommand(what: Command, signal: AbortSignal): Promise<MeasuredCommand> {
  const directory = await mkdtemp(join(os.tmpdir(), 'wirebench-benchmark-'));
  const path = (name: string) => join(directory, name);
  try {
    const startedMs = performance.now();
    const shell = await startProcess({
      name: what.name,
      command: 'bash',
      args: ['-c', timed, 'measure', path('times'), path('stdout'), what.command, ...what.args],
      ...(what.env === undefined ? {} : { env: what.env }),
      logPath: path('log'),
    });
    const bound = AbortSignal.any([signal, AbortSignal.timeout(what.deadlineMs)]);
    let peak = 0;
    while (shell.exit === null && !bound.aborted) {
      const pids = descendantsOf(shell.pid);
      peak = Math.max(peak, peakRssBytes(pids));
      what.watch?.(pids, performance.now() - startedMs);
      await Promise.race([sleep(pollMs), shell.ended()]);
    }
    const wallMs = performance.now() - startedMs;
    await shell.stop();
    signal.throwIfAborted();
    const { code } = await shell.ended();
    if (bound.aborted || !(what.exitCodes ?? [0]).includes(code ?? -1)) {
      const how = bound.aborted ? `did not end within ${what.deadlineMs / 1e3} s` : `ended with code ${code}`;
      const said = `${(await readFile(path('stdout'), 'utf8')).slice(-1_000)}\n${shell.logTail(20)}`.trim();
      throw new BenchError('benchmarkTool', `${what.name} ${how}`, {
        hint: `${what.command} ${what.args.join(' ')}\n${said}`,
      });
    }
    const [user = Number.NaN, system = Number.NaN] = (await readFile(path('times'), 'utf8'))
      .trim()
      .split(' ')
      .map(Number);
    const stdout = await readFile(path('stdout'), 'utf8');
    return { cpuUs: (user + system) * 1e6, peakRssBytes: peak, wallMs, stdout, commandLine: lineOf(what) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function lineOf({ env = {}, command, args }: Command): string {
  return [...Object.entries(env).map(([name, value]) => `${name}=${value}`), command, ...args].join(' ');
}
