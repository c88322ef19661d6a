/** `npm run benchmark -- <name>… [--rounds N]`: the harness beside its peers, one after another, on this machine. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { closestName } from '../result/closest-name.ts';
import { describeEnvironment } from '../runners/environment.ts';
import type { Benchmark } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';

const defaultRounds = 3;
const resultsFolder = join(import.meta.dirname, 'results');

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
  return error.exitCode;
});

async function main(): Promise<number> {
  const { chosen, rounds } = readArguments();
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const signal = untilInterrupted(log);
  const environment = await describeEnvironment();
  for (const [name, benchmark] of chosen) {
    const directory = await mkdtemp(join(os.tmpdir(), `wirebench-benchmark-${name}-`));
    const startedAt = new Date().toISOString();
    try {
      log(`${name}: ${benchmark.describe}`);
      const { text, data } = await benchmark.run({ directory, rounds, log, signal });
      const path = join(resultsFolder, `${name}-${startedAt.replace(/[-:]|\.\d+/g, '')}.json`);
      await mkdir(resultsFolder, { recursive: true });
      await writeFile(path, `${JSON.stringify({ benchmark: name, startedAt, environment, ...data }, null, 2)}\n`);
      process.stdout.write(`\n${text}\n`);
      log(`Result: ${path}`);
    } catch (error) {
      if (signal.aborted) return exitCodes.interrupted;
      throw error;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return exitCodes.done;
}

function readArguments(): { readonly chosen: readonly (readonly [string, Benchmark])[]; readonly rounds: number } {
  const all: Readonly<Record<string, Benchmark>> = benchmarks;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: String(defaultRounds) } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw usage(`--rounds is a whole number from 1, not ${values.rounds}`);
  if (positionals.length === 0) throw usage('Name what to run');
  const chosen = positionals.map((name) => {
    const benchmark = Object.hasOwn(all, name) ? all[name] : undefined;
    if (benchmark !== undefined) return [name, benchmark] as const;
    const close = closestName(name, Object.keys(all));
    throw usage(`There is no benchmark ${name}${close === null ? '' : `; did you mean ${close}?`}`);
  });
  return { chosen, rounds };
}

function usage(message: string): BenchError {
  const lines = Object.entries(benchmarks).map(([name, { describe }]) => `  ${name.padEnd(12)} ${describe}`);
  return new BenchError('benchmarkArguments', message, {
    hint: `npm run benchmark -- <name>… [--rounds ${defaultRounds}]\n${lines.join('\n')}`,
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
