/** Where a result was measured. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { promisify } from 'node:util';
import type { EnvironmentResult } from '../result/result-types.ts';

const run = promisify(execFile);

/** `versions` of the stack are added when it is up. */
export async function describeEnvironment(): Promise<EnvironmentResult> {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    os: `${distribution() ?? os.type()} (${os.platform()} ${os.release()} ${os.arch()})`,
    node: process.versions.node,
    versions: {},
    gitCommit: await gitCommit(),
  };
}

function distribution(): string | null {
  try {
    return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Of the user's project (the current folder): what was measured, as far as anyone can tell. */
async function gitCommit(): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['rev-parse', '--short=12', 'HEAD'], { timeout: 2_000 });
    const { stdout: changes } = await run('git', ['status', '--porcelain', '--untracked-files=no'], { timeout: 2_000 });
    return `${stdout.trim()}${changes.trim() === '' ? '' : '-dirty'}`;
  } catch {
    return null;
  }
}
