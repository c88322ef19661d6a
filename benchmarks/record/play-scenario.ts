/** Runs one shipped scenario as a person would, and tells what it came to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { answer } from '../../reports/answer/answer.ts';
import type { RunResult } from '../../result/result-types.ts';
import { digestOf, type ScenarioRecord } from './scenario-record.ts';
import { shortArguments } from './short-overrides.ts';

export interface PlayOptions {
  /** Of the repository. */
  readonly root: string;
  readonly isShort: boolean;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** null: it was ended early, and came to nothing. */
export async function playScenario(
  name: string,
  { root, isShort, signal }: PlayOptions,
): Promise<ScenarioRecord | null> {
  const path = join(root, 'scenarios', `${name}.yaml`);
  const work = mkdtempSync(join(os.tmpdir(), 'wirebench-record-'));
  const out = join(work, name);
  try {
    const args = ['run', path, '--yes', '--out', out, ...(isShort ? shortArguments(path) : [])];
    const digest = digestOf(path);
    const begunMs = performance.now();
    const { exitCode, lastLine } = await runBench(join(root, 'bench'), args, signal);
    if (signal.aborted) return null;
    const seconds = Math.round((performance.now() - begunMs) / 1e3);
    const playedAt = `${new Date().toISOString().slice(0, 16)}Z`;
    return { name, playedAt, isShort, digest, exitCode, seconds, ...outcomeIn(root, out, lastLine) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Ctrl-C reaches it by itself, being of the same terminal; a signal to us alone is passed on. */
async function runBench(command: string, args: readonly string[], signal: AbortSignal) {
  const bench = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => void bench.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let said = '';
  bench.stderr.on('data', (piece: Buffer) => {
    said = (said + piece).slice(-4_000);
  });
  const [code] = await once(bench, 'close');
  signal.removeEventListener('abort', stop);
  return { exitCode: typeof code === 'number' ? code : 1, lastLine: said.trim().split('\n').at(-1) ?? '' };
}

function outcomeIn(
  root: string,
  out: string,
  lastLine: string,
): Pick<ScenarioRecord, 'verdicts' | 'answer' | 'versions' | 'machine'> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const file = join(out, 'result.json');
  if (!existsSync(file)) {
    const nothing = { verdicts: null, answer: lastLine, machine: machineText(os.cpus().length, os.cpus()[0]?.model) };
    return { ...nothing, versions: { wirebench: version, node: process.versions.node } };
  }
  const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult;
  const { versions, cores, cpu, node } = result.environment;
  const verdicts = { valid: 0, suspect: 0, invalid: 0 };
  for (const { verdict } of result.trials) verdicts[verdict.status]++;
  return {
    verdicts,
    answer: answer(result).sentences[0] ?? lastLine,
    versions: { wirebench: version, node, ...versions },
    machine: machineText(cores, cpu),
  };
}

function machineText(cores: number, cpu = 'unknown'): string {
  return `${cores} cores, ${cpu}`;
}
