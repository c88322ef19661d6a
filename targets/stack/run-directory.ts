/**
 * A folder for each run's data and logs, with a note of who owns it and what it started. The next run removes the
 * folders of owners that are gone, and ends what they left: only processes whose pid and start time are still those noted.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { createFolder } from '../../result/create-folder.ts';
import {
  identify,
  isAlive,
  type PidSpace,
  type ProcessIdentity,
  pidSpace,
  unknownStart,
} from '../process/process-identity.ts';

const ownerFile = 'owner.json';
/** A folder without a note for so long was left by a run that was killed before it could write one. */
const withoutOwnerMs = 600_000;

interface Owner extends PidSpace {
  readonly owner: ProcessIdentity;
  readonly children: readonly ProcessIdentity[];
}

export interface RunDirectory {
  readonly path: string;
  /** Notes a child that must not outlive this run. */
  note(pid: number): void;
  /** All of it, or all but the logs. */
  remove(keep?: 'logs'): Promise<void>;
}

export function runsDirectory(): string {
  return join(os.tmpdir(), `wirebench-${process.getuid?.() ?? 'user'}`);
}

/** Makes it. Rejects with a BenchError (exit 3) when it is there and not safely ours. */
export async function prepareRunsDirectory(base: string = runsDirectory()): Promise<string> {
  await orNoTemporaryFolder(base, () => createFolder(base, 0o700));
  if (await isOwnDirectory(base)) return base;
  throw new BenchError('unsafeDirectory', `${base} belongs to somebody else, or others may write to it`, {
    hint: 'Remove it, or set TMPDIR to a folder of your own.',
    exitCode: exitCodes.stack,
  });
}

async function orNoTemporaryFolder<Made>(base: string, make: () => Made | Promise<Made>): Promise<Made> {
  try {
    return await make();
  } catch (cause) {
    throw new BenchError(
      'noTemporaryFolder',
      `${base} cannot be used for the run’s data: ${(cause as Error).message}`,
      {
        hint: 'Free some space, or set TMPDIR to a folder that can be written.',
        exitCode: exitCodes.stack,
        cause,
      },
    );
  }
}

/** Rejects with a BenchError (exit 3) when the folder above it is not safely ours. */
export async function createRunDirectory(base: string = runsDirectory()): Promise<RunDirectory> {
  await prepareRunsDirectory(base);
  const path = await orNoTemporaryFolder(base, () => mkdtemp(join(base, 'run-')));
  const children: ProcessIdentity[] = [];
  const write = () => {
    const owner: Owner = { ...pidSpace(), owner: identify(process.pid), children };
    const temporary = join(path, `.${ownerFile}`);
    writeFileSync(temporary, JSON.stringify(owner));
    renameSync(temporary, join(path, ownerFile)); // a torn note would be nobody's
  };
  write();
  return {
    path,
    note(pid) {
      children.push(identify(pid));
      write();
    },
    async remove(keep) {
      const names = keep === undefined ? [] : await readdir(path).catch(() => []);
      const parts = keep === undefined ? [path] : names.filter(isData).map((name) => join(path, name));
      for (const part of parts) await rm(part, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    },
  };
}

/** The owner's note stays as well: by it the next run knows that the logs may go. */
function isData(name: string): boolean {
  return name !== ownerFile && !name.endsWith('.log');
}

/** Returns what it removed. */
export async function sweepLeftovers(base: string = runsDirectory()): Promise<string[]> {
  const swept: string[] = [];
  if (!(await isOwnDirectory(base))) return swept;
  for (const name of await readdir(base)) {
    if (!name.startsWith('run-')) continue;
    const directory = join(base, name);
    const owner = await readOwner(directory);
    if (owner === null ? await isFresh(directory) : isKept(owner)) continue;
    if (owner !== null && owner.boot === pidSpace().boot) endLeftovers(owner.children);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    swept.push(directory);
  }
  return swept;
}

function endLeftovers(children: readonly ProcessIdentity[]): void {
  for (const child of children) {
    if (child.startTicks === unknownStart || !isAlive(child)) continue; // rather a stray process than somebody else's
    try {
      process.kill(child.pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}

/** Nobody else may have written the notes there: they name processes to end. */
export async function isOwnDirectory(base: string): Promise<boolean> {
  const found = await lstat(base).catch(() => null);
  if (found === null || !found.isDirectory()) return false;
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
}

async function isFresh(directory: string): Promise<boolean> {
  const found = await lstat(directory).catch(() => null);
  return found === null || Date.now() - found.mtimeMs < withoutOwnerMs;
}

function isKept({ boot, namespace, owner }: Owner): boolean {
  const here = pidSpace();
  if (boot !== here.boot) return false; // nothing survives a boot
  return namespace !== here.namespace || isAlive(owner); // of a container that shares this folder: not ours to judge
}

async function readOwner(directory: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(join(directory, ownerFile), 'utf8')) as Owner;
  } catch {
    return null;
  }
}
