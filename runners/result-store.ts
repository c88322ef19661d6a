/** The result folder: found writable before anything starts, and replaced atomically after every trial. */
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { RunResult } from '../result/result-types.ts';
import { requireSameSemantics } from '../result/semantics-version.ts';

export const resultFile = 'result.json';
/** A result with its histograms takes a few megabytes; below this the run would end without one. */
const leastFreeBytes = 64 * 1024 * 1024;

export class ResultStore {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Creates the folder. An earlier result in it is moved aside, never overwritten; other contents are left alone.
   * Throws a BenchError (exit 2) when it cannot be written or the disk is full.
   */
  static async open(directory: string, note: (line: string) => void): Promise<ResultStore> {
    const path = resolve(directory);
    try {
      await moveEarlierAside(path, note);
      await mkdir(path, { recursive: true });
      await access(path, constants.W_OK | constants.X_OK);
      const probe = join(path, `.${randomUUID()}`);
      await writeFile(probe, Buffer.alloc(64 * 1024));
      await rm(probe);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
    const { bavail, bsize } = await statfs(path);
    if (bavail * bsize < leastFreeBytes) {
      throw new BenchError('outFull', `There are only ${Math.floor((bavail * bsize) / 1048576)} MiB free for ${path}`, {
        hint: 'Free some space, or name another folder with --out.',
        exitCode: exitCodes.usage,
      });
    }
    return new ResultStore(path);
  }

  /**
   * The folder of a run that ended early, with what it holds. Throws a BenchError (exit 2) when there is no result in it
   * it cannot be written, or its figures mean something else.
   */
  static async reopen(directory: string): Promise<{ readonly store: ResultStore; readonly earlier: RunResult }> {
    const path = resolve(directory);
    const read = await readFile(join(path, resultFile), 'utf8').catch(() => null);
    if (read === null) throw nothingToResume(path, 'there is no result in it');
    let earlier: RunResult;
    try {
      earlier = JSON.parse(read) as RunResult;
      await access(path, constants.W_OK | constants.X_OK);
    } catch (cause) {
      if (cause instanceof SyntaxError) throw nothingToResume(path, 'its result cannot be read');
      throw cannotWrite(path, cause);
    }
    requireSameSemantics(earlier, join(path, resultFile));
    return { store: new ResultStore(path), earlier };
  }

  /** Readers see the old file or the new one, never half of one. */
  async save(result: RunResult): Promise<void> {
    await this.write(resultFile, `${JSON.stringify(result, null, 1)}\n`);
  }

  async write(name: string, text: string): Promise<void> {
    const path = join(this.directory, name);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await writeFile(temporary, text, { flush: true });
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true });
      throw cannotWrite(path, cause);
    }
  }
}

function nothingToResume(path: string, why: string): BenchError {
  return new BenchError('nothingToResume', `${path} cannot be resumed: ${why}`, {
    hint: 'Name the folder that an interrupted run has left, as it was given with --out.',
    exitCode: exitCodes.usage,
  });
}

function cannotWrite(path: string, cause: unknown): BenchError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BenchError('outNotWritable', `The result cannot be written to ${path}: ${why}`, {
    hint: 'Name a folder that can be written with --out, or free some space.',
    exitCode: exitCodes.usage,
    cause,
  });
}

async function moveEarlierAside(path: string, note: (line: string) => void): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  if (!found.isDirectory()) throw new Error('it is not a folder');
  const earlier = await readFile(join(path, resultFile), 'utf8').catch(() => null);
  if (earlier === null) return;
  const startedAt = /"startedAt": *"([^"]+)"/.exec(earlier)?.[1] ?? 'earlier';
  const aside = join(dirname(path), `${basename(path)}-${startedAt.replace(/[^0-9TZ]/g, '')}`);
  const free = (await stat(aside).catch(() => null)) === null ? aside : `${aside}-${randomUUID().slice(0, 4)}`;
  await rename(path, free);
  note(`${path} held an earlier result; it is now ${free}`);
}
