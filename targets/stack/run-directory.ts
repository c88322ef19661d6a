/**
 * A folder for each run's data and logs, with a note of who owns it and what it started. The next run removes the
 * folders of owners that are gone, and ends what they left: only processes whose pid and start time are still those noted.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { readProcessStat } from '../process/process-tree.ts';

const ownerFile = 'owner.json';

interface NotedProcess {
  readonly pid: number;
  readonly startTicks: number;
}

interface Owner {
  readonly owner: NotedProcess;
  readonly children: readonly NotedProcess[];
}

export function runsDirectory(): string {
  return join(os.tmpdir(), `wirebench-${process.getuid?.() ?? 'user'}`);
}

export async function createRunDirectory(): Promise<string> {
  await mkdir(runsDirectory(), { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(join(runsDirectory(), 'run-'));
  await noteChildren(directory, []);
  return directory;
}

export async function noteChildren(directory: string, pids: readonly number[]): Promise<void> {
  const note = (pid: number): NotedProcess => ({ pid, startTicks: readProcessStat(pid)?.startTicks ?? 0 });
  const owner: Owner = { owner: note(process.pid), children: pids.map(note) };
  await writeFile(join(directory, ownerFile), JSON.stringify(owner));
}

/** Returns what it removed. */
export async function sweepLeftovers(base: string = runsDirectory()): Promise<string[]> {
  const swept: string[] = [];
  for (const name of await readdir(base).catch(() => [])) {
    const directory = join(base, name);
    const owner = await readOwner(directory);
    if (owner === null || isAlive(owner.owner)) continue;
    for (const child of owner.children) {
      if (isAlive(child)) process.kill(child.pid, 'SIGKILL');
    }
    await rm(directory, { recursive: true, force: true });
    swept.push(directory);
  }
  return swept;
}

function isAlive({ pid, startTicks }: NotedProcess): boolean {
  return pid > 0 && startTicks > 0 && readProcessStat(pid)?.startTicks === startTicks;
}

async function readOwner(directory: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(join(directory, ownerFile), 'utf8')) as Owner;
  } catch {
    return null; // being created just now, or not ours
  }
}
