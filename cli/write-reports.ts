/** The one place where report files are written and the final report is printed. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FormatName, formatNames, reporters } from '../reports/formats.ts';
import { renderTerminal } from '../reports/terminal.ts';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { closestName } from '../result/closest-name.ts';
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
  return names as FormatName[];
}

/** Writes all but the one for the terminal, each atomically. Throws a BenchError (exit 2) for a folder that can't be written. */
export function writeReports(result: RunResult, directory: string, formats: readonly FormatName[]): void {
  for (const format of formats) {
    if (format === 'terminal') continue;
    const { file, render } = reporters[format];
    const path = join(directory, file);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      mkdirSync(directory, { recursive: true });
      writeFileSync(temporary, render(result));
      renameSync(temporary, path);
    } catch (cause) {
      rmSync(temporary, { force: true });
      if (!(cause instanceof Error) || !('code' in cause)) throw cause;
      throw new BenchError('reportNotWritten', `The report ${path} cannot be written: ${cause.message}`, {
        hint: 'Free some space or name another folder with --out; `bench report` renders again from result.json.',
        exitCode: exitCodes.usage,
        cause,
      });
    }
  }
}

/** To stdout: coloured on a terminal unless NO_COLOR is set. */
export function printReport(result: RunResult): void {
  const colour = useColour(process.stdout);
  process.stdout.write(renderTerminal(result, { colour, width: process.stdout.columns ?? 160 }));
}

export function useColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}
