/** For tests: `bench` as a user runs it, watched from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..');

export interface BenchExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class BenchProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<BenchExit>;
  stdout = '';
  stderr = '';

  /** `within`: a command that runs it elsewhere, in a namespace say; left out: here. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, within: readonly string[] = []) {
    const [command = '', ...rest] = [...within, join(root, 'bench'), ...args];
    this.child = spawn(command, rest, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk;
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk;
    });
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits until stderr says so; rejects when the process ends first. */
  async says(pattern: RegExp, timeoutMs = 60_000): Promise<void> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(20)) {
      if (pattern.test(this.stderr)) return;
      if (this.child.exitCode !== null || this.child.signalCode !== null) break;
    }
    throw new Error(`bench never said ${pattern}; stderr:\n${this.stderr}`);
  }

  /** Its running descendants whose command line matches. */
  descendants(pattern = /./): number[] {
    return descendantsOf(this.pid).filter((pid) => pattern.test(commandLine(pid)));
  }
}

export function runBench(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<BenchExit> {
  return new BenchProcess(args, env).exited;
}

function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readOptional(`/proc/${name}/stat`);
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (parent !== undefined && state !== 'Z') found.set(Number(name), Number(parent));
  }
  return found;
}

function descendantsOf(pid: number): number[] {
  const all = parents();
  const found = new Set([pid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [child, parent] of all) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
}

export function commandLine(pid: number): string {
  return readOptional(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** Alive and not a zombie that waits to be reaped. */
function isRunning(pid: number): boolean {
  return parents().has(pid);
}

export async function allGone(pids: readonly number[], withinMs = 5_000): Promise<number[]> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(50)) {
    if (!pids.some(isRunning)) return [];
  }
  return pids.filter(isRunning);
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
