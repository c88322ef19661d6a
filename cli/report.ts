/** `bench report <result dir>`: all reports again, from the stored result. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { RunResult } from '../result/result-types.ts';
import { formatNames, parseFormats, printReport, writeReports } from './write-reports.ts';

interface ReportArguments {
  readonly result: string;
  readonly format: string;
  readonly out?: string | undefined;
}

const knownSchemaVersion = 1;

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <result>',
  describe: 'all reports again from a stored result',
  builder: (parser) =>
    parser
      .positional('result', { type: 'string', demandOption: true, describe: 'a result folder' })
      .option('format', {
        type: 'string',
        nargs: 1,
        default: 'terminal,html,hlog',
        describe: `reports to write: ${formatNames.join(', ')}`,
      })
      .option('out', { type: 'string', nargs: 1, describe: 'where to write them (default: the result folder)' }),
  handler: (args) => {
    const formats = parseFormats(args.format);
    const result = readResult(args.result);
    // The stored result is the source: it is not written over with itself.
    const written = args.out === undefined ? formats.filter((format) => format !== 'json') : formats;
    writeReports(result, args.out ?? args.result, written);
    if (formats.includes('terminal')) printReport(result);
  },
};

/** Throws a BenchError (exit 2) for what is no result of a version that we know. */
export function readResult(directory: string): RunResult {
  const path = join(directory, 'result.json');
  const refuse = (message: string, hint: string, cause?: unknown) =>
    new BenchError('noResult', message, { hint, exitCode: exitCodes.usage, cause });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw refuse(
      `There is no result in ${directory}`,
      'Name the folder that `bench run` wrote: it holds a result.json.',
      cause,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(`${path} is not whole JSON`, 'It may have been cut off or edited; run the scenario again.', cause);
  }
  const { schemaVersion, trials } = (value ?? {}) as { schemaVersion?: unknown; trials?: unknown };
  if (typeof schemaVersion === 'number' && schemaVersion > knownSchemaVersion) {
    throw refuse(
      `${path} is of a newer version (${schemaVersion})`,
      'Render it with the Wirebench that wrote it, or a newer one.',
    );
  }
  if (schemaVersion !== knownSchemaVersion || !Array.isArray(trials)) {
    throw refuse(`${path} is not a result of Wirebench`, 'Name the folder that `bench run` wrote.');
  }
  return value as RunResult;
}
