/** A result folder has one run at a time: the second would write over the result of the first. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import {
  identify,
  isAlive,
  type PidSpace,
  type ProcessIdentity,
  pidSpace,
} from '../targets/process/process-identity.ts';

export const lockFile = 'run.lock';

interface Holder extends PidSpace, ProcessIdentity {
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface OutLock {
  /** Never throws. */
  release(): Promise<void>;
}

/**
 * Takes the folder, which exists, for this process; the lock of a process that is gone gives way. Throws a BenchError
 * (exit 2) while another one holds it, and what the file system throws.
 */
export async function takeOutLock(directory: string): Promise<OutLock> {
  const path = join(directory, lockFile);
  const text = JSON.stringify({
    ...{ ...identify(process.pid), ...pidSpace() },
    ...{ host: hostname(), since: new Date().toISOString() },
  } satisfies Holder);
  const own = join(directory, `.${lockFile}-${randomUUID()}`);
  await writeFile(own, text);
  try {
    while (!(await isLinked(own, path))) {
      const found = await readFile(path, 'utf8').catch(() => null);
      if (found !== null && !(await isRemoved(path, found, `${own}-stale`))) throw outInUse(directory, path, found);
    }
  } finally {
    await rm(own, { force: true });
  }
  return {
    async release() {
      const now = await readFile(path, 'utf8').catch(() => null);
      if (now === text) await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

/** A link is there whole or not at all, so nobody reads half a lock. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the lock that was found is gone now. Two may try at once: what was moved must be what was judged. */
async function isRemoved(path: string, found: string, aside: string): Promise<boolean> {
  if (!isStale(holderIn(found))) return false;
  try {
    await rename(path, aside);
  } catch {
    return true; // another one was first
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== found) await isLinked(aside, path);
  await rm(aside, { force: true });
  return true;
}

function holderIn(text: string): Partial<Holder> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Holder>;
  } catch {
    return {};
  }
}

/** Of another machine or container nobody here can tell. */
function isStale({ pid, startTicks, boot, namespace, host }: Partial<Holder>): boolean {
  if (pid === undefined || startTicks === undefined) return false;
  const here = pidSpace();
  if (host === hostname() && boot !== here.boot) return true;
  return boot === here.boot && namespace === here.namespace && !isAlive({ pid, startTicks });
}

function outInUse(directory: string, path: string, found: string): BenchError {
  const { pid, host, since } = holderIn(found);
  const by = pid === undefined ? 'a lock that cannot be read' : `process ${pid} on ${host}, since ${since}`;
  return new BenchError('outInUse', `${directory} is in use by another run (${by})`, {
    hint: `Wait for it to end, or name another folder with --out. If no such process runs any more, remove ${path}.`,
    exitCode: exitCodes.usage,
  });
}
