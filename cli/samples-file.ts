/** `--format samples`: the file that each operation of a run is written to while it goes on. */
import { closeSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { createFolder } from '../result/create-folder.ts';
import { type Output, toStdout } from './outputs.ts';

export const samplesFormat = 'samples';
const samplesFile = 'samples.ndjson';
/** Workers write it themselves, so a pipe makes them wait for its reader. */
const stdoutPath = '/dev/stdout';

/**
 * An empty file, or with `isResumed` what is there; undefined: nobody asked for one. Throws a BenchError (exit 2) for one that
 * cannot be written.
 */
export function openSamplesFile(output: Output | null, directory: string, isResumed: boolean): string | undefined {
  if (output === null) return undefined;
  const path = output.to === toStdout ? stdoutPath : resolve(output.to ?? join(directory, samplesFile));
  try {
    if (path !== stdoutPath) createFolder(dirname(path));
    closeSync(openSync(path, isResumed || path === stdoutPath ? 'a' : 'w'));
  } catch (cause) {
    throw new BenchError('samplesNotWritten', `The samples cannot be written to ${path}: ${(cause as Error).message}`, {
      hint: 'Name a file for them: --format samples=PATH.',
      exitCode: exitCodes.usage,
      cause,
    });
  }
  return path;
}
