/** The one place where report files are written and the final report is printed. */
import { appendFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FormatName, formatNames, type Reporter, reporters } from '../reports/formats.ts';
import { renderFirstScreen } from '../reports/terminal/first-screen.ts';
import { renderTerminal } from '../reports/terminal/terminal.ts';
import { BenchError, type ExitCode, exitCodes } from '../result/bench-error.ts';
import { createFolder } from '../result/create-folder.ts';
import { cleanTexts } from '../result/printable.ts';
import type { RunResult } from '../result/result-types.ts';
import { type Output, parseOutputs, toStdout } from './outputs.ts';
import { printNote } from './print.ts';
import { samplesFormat } from './samples-file.ts';

export { formatNames };

const printedFormats = formatNames.filter((name) => (reporters[name] as Reporter).isPrinted === true);

/** From `terminal,json,csv=-,…`. Throws a BenchError (exit 2); see `parseOutputs`. */
export function parseFormats(text: string): Output<FormatName>[] {
  return parseOutputs(text, formatNames, printedFormats);
}

/** Of a run, which may write each operation, too, while it goes on. */
export function parseRunFormats(text: string) {
  const outputs = parseOutputs(text, [...formatNames, samplesFormat], printedFormats);
  return {
    formats: outputs.flatMap(({ format, to }) => (format === samplesFormat ? [] : [{ format, to }])),
    samples: outputs.find(({ format }) => format === samplesFormat) ?? null,
  };
}

/**
 * Writes all but what is for stdout and gives their paths. Readers see an old file or a whole new one, never half
 * of one. Throws a BenchError for a folder that can't be written (exit 2, unless `failure` says otherwise) or is full (exit
 * 6).
 */
export function writeReports(
  result: RunResult,
  directory: string,
  formats: readonly (FormatName | Output<FormatName>)[],
  failure: ExitCode = exitCodes.usage,
): string[] {
  return writeOutputs(reporters, result, directory, formats.map(asOutput), failure);
}

/** Of any kind of result. `directory` null: there is none, and all has a path of its own. */
export function writeOutputs<Result, Name extends string>(
  all: Readonly<Record<Name, Reporter<Result>>>,
  result: Result,
  directory: string | null,
  outputs: readonly Output<Name>[],
  failure: ExitCode,
): string[] {
  return outputs.flatMap(({ format, to }) => {
    const { file, isPrinted, render } = all[format];
    if (to === toStdout || (to === null && (isPrinted === true || directory === null))) return [];
    const path = to ?? join(directory ?? '', file);
    writeWhole(path, render(result), failure); // rendered first: an error of ours is not one of the disk
    return [path];
  });
}

function asOutput(format: FormatName | Output<FormatName>): Output<FormatName> {
  return typeof format === 'string' ? { format, to: null } : format;
}

/** The disk's trouble, not the folder's. */
const diskTroubles: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'];

/** Throws as `writeReports` does. */
function writeWhole(path: string, text: string, failure: ExitCode): void {
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

/**
 * What is for stdout, annotations first: the report for people is the last thing on the screen. Returns whether that was
 * among them.
 */
export function printReports(
  result: RunResult,
  outputs: readonly Output<FormatName>[],
  options: PrintOptions = {},
): boolean {
  return printOutputs(reporters, outputs, result, () => printReport(result, options));
}

/** `printTerminal`: as wide and colourful as the terminal is. */
export function printOutputs<Result, Name extends string>(
  all: Readonly<Record<Name | 'markdown', Reporter<Result>>>,
  outputs: readonly Output<Name>[],
  result: Result,
  printTerminal: () => void,
): boolean {
  const isOnStdout = ({ format, to }: Output<Name>) =>
    to === toStdout || (to === null && all[format].isPrinted === true);
  const printed = outputs.filter(isOnStdout);
  for (const { format } of printed.filter((one) => one.format !== 'terminal')) {
    process.stdout.write(all[format].render(result));
  }
  if (outputs.some(({ format }) => format === 'github')) addStepSummary(all.markdown.render(result));
  const hasTerminal = printed.some(({ format }) => format === 'terminal');
  if (hasTerminal) printTerminal();
  return hasTerminal;
}

/** On GitHub's runners the page of the job shows it; a step may hold 1 MiB, of which this is a small part. */
function addStepSummary(text: string): void {
  const path = process.env.GITHUB_STEP_SUMMARY ?? '';
  if (path === '') return;
  try {
    appendFileSync(path, `${text}\n`);
  } catch (error) {
    printNote(`The step summary ${path} cannot be written: ${(error as Error).message}\n`);
  }
}

export interface PrintOptions {
  /** All of it, not the first screen alone. */
  readonly full?: boolean | undefined;
  /** Where the result lies, as the user would name it. */
  readonly directory?: string | undefined;
}

/** Columns of what is no terminal: of the first screen, and of the full report, which is read with more room. */
const plainWidth = { screen: 80, full: 160 } as const;

/** To stdout, the last thing there: coloured on a terminal unless NO_COLOR is set. */
export function printReport(result: RunResult, { full = false, directory }: PrintOptions = {}): void {
  const { columns } = process.stdout;
  const shown = cleanTexts(result);
  const width = columns ?? (Number(process.env.COLUMNS) || plainWidth[full ? 'full' : 'screen']);
  const options = { colour: useColour(process.stdout), width };
  const page = directory !== undefined && existsSync(join(directory, reporters.html.file)) ? reporters.html.file : null;
  process.stdout.write(
    full
      ? renderTerminal(shown, options)
      : renderFirstScreen(shown, { ...options, directory: directory ?? null, page }),
  );
}

export function useColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}
