/** The one place where report files are written and the final report is printed. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FormatName, formatNames, reporters } from '../reports/formats.ts';
import { renderTerminal } from '../reports/terminal.ts';
import { BenchError, type ExitCode, exitCodes } from '../result/bench-error.ts';
import { closestName } from '../result/closest-name.ts';
import { createFolder } from '../result/create-folder.ts';
import { cleanTexts } from '../result/printable.ts';
import type { RunResult } from '../result/result-types.ts';

export { formatNames };

/** From `terminal,json,…`. Throws a BenchError (exit 2) for an unknown format. */
export function parseFormats(text: string): FormatName[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  for (const name of names) {
    if ((formatNames as readonly string[]).includes(name)) continue;
    const meant = closestName(name, formatNames);
    throw new BenchError('commandLine', `--format: there is no format "${name}"`, {
      hint:
        meant === null
          ? `There are ${formatNames.join(', ')}.`
          : `Did you mean ${meant}? There are ${formatNames.join(', ')}.`,
      exitCode: exitCodes.usage,
    });
  }
  if (names.length === 0) {
    throw new BenchError('commandLine', '--format names no format', {
      hint: `There are ${formatNames.join(', ')}.`,
      exitCode: exitCodes.usage,
    });
  }
  return [...new Set(names as FormatName[])];
}

/**
 * Writes all but the one for the terminal and gives their paths. Readers see an old file or a whole new one, never half
 * of one. Throws a BenchError for a folder that can't be written (exit 2, unless `failure` says otherwise) or is full (exit
 * 6).
 */
export function writeReports(
  result: RunResult,
  directory: string,
  formats: readonly FormatName[],
  failure: ExitCode = exitCodes.usage,
): string[] {
  return formats
    .filter((format) => format !== 'terminal')
    .map((format) => {
      const { file, render } = reporters[format];
      const path = join(directory, file);
      writeWhole(path, render(result), failure); // rendered first: an error of ours is not one of the disk
      return path;
    });
}

/** The disk's trouble, not the folder's. */
const diskTroubles: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'];

/** Throws as `writeReports` does. */
export function writeWhole(path: string, text: string, failure: ExitCode): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    createFolder(dirname(path));
    writeFileSync(temporary, text, { flush: true });
    renameSync(temporary, path);
  } catch (cause) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // the folder itself is the problem, which the first error tells better
    }
    throw new BenchError('reportNotWritten', `The report ${path} cannot be written: ${(cause as Error).message}`, {
      hint: 'Free some space or name another folder with --out; `bench report` renders again from result.json.',
      exitCode: diskTroubles.includes((cause as NodeJS.ErrnoException).code) ? exitCodes.notWritten : failure,
      cause,
    });
  }
}

/** To stdout: coloured on a terminal unless NO_COLOR is set. */
export function printReport(result: RunResult): void {
  const colour = useColour(process.stdout);
  process.stdout.write(renderTerminal(cleanTexts(result), { colour, width: process.stdout.columns ?? 160 }));
}

export function useColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}
