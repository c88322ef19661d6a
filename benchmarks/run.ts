/** `npm run benchmark -- <name>… [--rounds N] [--duration SECONDS]`: the harness beside its peers, one after another, on this machine. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { closestName } from '../result/closest-name.ts';
import { describeEnvironment } from '../runners/environment.ts';
import type { Benchmark, BenchmarkExtent } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { type GoalLine, resultFormat } from './goal-line.ts';
import { goalTable } from './goal-table.ts';

const defaultRounds = 3;
/** Below this the windows in which memory is read hold too few readings. */
const shortestSeconds = 30;
const resultsFolder = join(import.meta.dirname, 'results');

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  print(error);
  return error.exitCode;
});

function print(error: BenchError): void {
  process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
}

async function main(): Promise<number> {
  const { chosen, rounds, durationSeconds } = readArguments();
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const signal = untilInterrupted(log);
  const expected = chosen.map(([, benchmark]) => benchmark.expectedSeconds({ rounds, durationSeconds }));
  const minutes = expected.reduce((sum, seconds) => sum + seconds, 0) / 60;
  log(
    `This takes about ${minutes.toFixed(1)} minutes on a quiet machine, and longer at first for installing the peers.`,
  );
  await installOurs();
  const environment = await describeEnvironment();
  const goals: GoalLine[] = [];
  let exitCode: number = exitCodes.done;
  const startedMs = performance.now();
  for (const [name, benchmark] of chosen) {
    const directory = await mkdtemp(join(os.tmpdir(), `wirebench-benchmark-${name}-`));
    const startedAt = new Date().toISOString();
    try {
      log(`${name}: ${benchmark.describe}`);
      const report = await benchmark.run({ directory, rounds, durationSeconds, log, signal });
      const path = join(resultsFolder, `${name}-${startedAt.replace(/[-:]|\.\d+/g, '')}.json`);
      const result = {
        format: resultFormat,
        benchmark: name,
        startedAt,
        rounds,
        environment,
        goals: report.goals,
        ...report.data,
      };
      await mkdir(resultsFolder, { recursive: true });
      await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);
      goals.push(...report.goals);
      process.stdout.write(`\n${report.text}\n`);
      log(`Result: ${path}`);
    } catch (error) {
      if (signal.aborted) return exitCodes.interrupted;
      if (!(error instanceof BenchError)) throw error;
      print(error); // the others are still worth their time
      exitCode = error.exitCode;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  process.stdout.write(`\n${goalTable(goals)}\n`);
  log(`Took ${((performance.now() - startedMs) / 60e3).toFixed(1)} minutes.`);
  return exitCode;
}

/** The first use of `bench` may install its dependencies: that is nothing to charge to a run. */
async function installOurs(): Promise<void> {
  await promisify(execFile)(join(import.meta.dirname, '..', 'bench'), ['--version']);
}

interface Arguments extends BenchmarkExtent {
  readonly chosen: readonly (readonly [string, Benchmark])[];
}

function readArguments(): Arguments {
  const all: Readonly<Record<string, Benchmark>> = benchmarks;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: String(defaultRounds) }, duration: { type: 'string' } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw usage(`--rounds is a whole number from 1, not ${values.rounds}`);
  const durationSeconds = values.duration === undefined ? null : Number(values.duration.replace(/s$/, ''));
  if (durationSeconds !== null && !(durationSeconds >= shortestSeconds)) {
    throw usage(`--duration is a number of seconds from ${shortestSeconds}, not ${values.duration}`);
  }
  if (positionals.length === 0) throw usage('Name what to run');
  const chosen = positionals.map((name) => {
    const benchmark = Object.hasOwn(all, name) ? all[name] : undefined;
    if (benchmark !== undefined) return [name, benchmark] as const;
    const close = closestName(name, Object.keys(all));
    throw usage(`There is no benchmark ${name}${close === null ? '' : `; did you mean ${close}?`}`);
  });
  return { chosen, rounds, durationSeconds };
}

function usage(message: string): BenchError {
  const lines = Object.entries(benchmarks).map(([name, { describe }]) => `  ${name.padEnd(12)} ${describe}`);
  return new BenchError('benchmarkArguments', message, {
    hint: `npm run benchmark -- <name>… [--rounds ${defaultRounds}] [--duration 600s]\n${lines.join('\n')}`,
    exitCode: exitCodes.usage,
  });
}

/** The first Ctrl-C ends the tool that runs and stops the servers; at the second they are killed. */
function untilInterrupted(log: (line: string) => void): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      log(`${name}: stopping what was started`);
      controller.abort(new Error('interrupted'));
    });
  }
  return controller.signal;
}
