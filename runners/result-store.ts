/** The result folder: found writable before anything starts, and replaced atomically after every trial. */
import { randomUUID } from 'node:crypto';
import { access, constants, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { createFolder } from '../result/create-folder.ts';
import type { RunResult } from '../result/result-types.ts';
import { requireSameSemantics } from '../result/semantics-version.ts';
import { lockFile, type OutLock, takeOutLock } from './out-lock.ts';

export const resultFile = 'result.json';
/** A result with its histograms takes a few megabytes; below this the run would end without one. */
const leastFreeBytes = 64 * 1024 * 1024;

/** Takes values of the environment out of what is stored. */
type Redact = <Stored>(stored: Stored) => Stored;

export class ResultStore {
  readonly directory: string;

  readonly #lock: OutLock;
  readonly #redact: Redact;

  private constructor(directory: string, lock: OutLock, redact: Redact = (stored) => stored) {
    this.directory = directory;
    this.#lock = lock;
    this.#redact = redact;
  }

  /**
   * Creates the folder and holds it until `close`. An earlier result in it is moved aside, never overwritten; other
   * contents are left alone. Throws a BenchError (exit 2) when another run holds it, it cannot be written or the disk is
   * full.
   */
  static async open(directory: string, note: (line: string) => void, redact?: Redact): Promise<ResultStore> {
    const path = resolve(directory);
    let lock: OutLock | null = null;
    try {
      lock = await holdFolder(path, note);
      await access(path, constants.W_OK | constants.X_OK);
      const probe = join(path, `.${randomUUID()}`);
      await writeFile(probe, Buffer.alloc(64 * 1024));
      await rm(probe);
    } catch (cause) {
      await lock?.release();
      throw cannotWrite(path, cause);
    }
    const { bavail, bsize } = await statfs(path);
    if (bavail * bsize < leastFreeBytes) {
      await lock.release();
      throw new BenchError('outFull', `There are only ${Math.floor((bavail * bsize) / 1048576)} MiB free for ${path}`, {
        hint: 'Free some space, or name another folder with --out.',
        exitCode: exitCodes.usage,
      });
    }
    return new ResultStore(path, lock, redact);
  }

  /**
   * The folder of a run that ended early, with what it holds; it is held until `close`. Throws a BenchError (exit 2) when
   * there is no result in it, another run holds it, it cannot be written, or its figures mean something else.
   */
  static async reopen(
    directory: string,
    redact?: Redact,
  ): Promise<{ readonly store: ResultStore; readonly earlier: RunResult }> {
    const path = resolve(directory);
    if (!(await hasResult(path))) throw nothingToResume(path, 'there is no result in it');
    let lock: OutLock | null = null;
    try {
      lock = await takeOutLock(path);
      const earlier = JSON.parse(await readFile(join(path, resultFile), 'utf8')) as RunResult;
      await access(path, constants.W_OK | constants.X_OK);
      requireSameSemantics(earlier, join(path, resultFile));
      return { store: new ResultStore(path, lock, redact), earlier };
    } catch (cause) {
      await lock?.release();
      if (cause instanceof SyntaxError) throw nothingToResume(path, 'its result cannot be read');
      throw cannotWrite(path, cause);
    }
  }

  /** Lets another run have the folder. */
  async close(): Promise<void> {
    await this.#lock.release();
  }

  /** Throws a BenchError (exit 6) when it cannot be written any more. */
  async save(result: RunResult): Promise<void> {
    await this.write(resultFile, `${JSON.stringify(this.#redact(result), null, 1)}\n`);
  }

  /** The same. Readers see the old file or the new one, never half of one. */
  async write(name: string, text: string): Promise<void> {
    const path = join(this.directory, name);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await writeFile(temporary, text, { flush: true });
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined); // the first error tells better
      throw new BenchError('resultNotWritten', `${path} can no longer be written: ${messageOf(cause)}`, {
        hint: 'Free some space, or name another folder with --out.',
        exitCode: exitCodes.notWritten,
        cause,
      });
    }
  }
}

/** The run has ended early, or its last result is not stored: what was finished comes with the error. Exit 6. */
export class UnstoredResultError extends BenchError {
  readonly result: RunResult;

  constructor(cause: BenchError, result: RunResult) {
    const { code, message, hint = '', exitCode } = cause;
    super(code, message, { hint, exitCode, cause });
    this.name = 'UnstoredResultError';
    this.result = result;
  }
}

function nothingToResume(path: string, why: string): BenchError {
  return new BenchError('nothingToResume', `${path} cannot be resumed: ${why}`, {
    hint: 'Name the folder that an interrupted run has left, as it was given with --out.',
    exitCode: exitCodes.usage,
  });
}

function cannotWrite(path: string, cause: unknown): BenchError {
  if (cause instanceof BenchError) return cause;
  return new BenchError('outNotWritable', `The result cannot be written to ${path}: ${messageOf(cause)}`, {
    hint: 'Name a folder that can be written with --out, or free some space.',
    exitCode: exitCodes.usage,
    cause,
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Held first: what is moved aside must not be another run's that goes on. */
async function holdFolder(path: string, note: (line: string) => void): Promise<OutLock> {
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isDirectory()) throw new Error('it is not a folder');
  createFolder(path);
  const lock = await takeOutLock(path);
  try {
    const aside = await moveEarlierAside(path, note);
    if (aside === null) return lock;
    await rm(join(aside, lockFile), { force: true });
  } catch (error) {
    await lock.release();
    throw error;
  }
  createFolder(path);
  return takeOutLock(path); // another run may have come in between
}

async function hasResult(path: string): Promise<boolean> {
  return (await stat(join(path, resultFile)).catch(() => null))?.isFile() ?? false;
}

/** Where it is now; null: there is none. */
async function moveEarlierAside(path: string, note: (line: string) => void): Promise<string | null> {
  const earlier = await readFile(join(path, resultFile), 'utf8').catch(() => null);
  if (earlier === null) return null;
  const startedAt = /"startedAt": *"([^"]+)"/.exec(earlier)?.[1] ?? 'earlier';
  const aside = join(dirname(path), `${basename(path)}-${startedAt.replace(/[^0-9TZ]/g, '')}`);
  const free = (await stat(aside).catch(() => null)) === null ? aside : `${aside}-${randomUUID().slice(0, 4)}`;
  await rename(path, free);
  note(`${path} held an earlier result; it is now ${free}`);
  return free;
}
