/** `bench history <dir…>`: one figure over many results; the result files are all that it reads. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { historyFormats, historyReporters } from '../reports/compare/history-formats.ts';
import { renderHistory } from '../reports/compare/history-terminal.ts';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { figurePlaces } from '../result/compare/compared-figures.ts';
import { figureHistories, type StoredRun } from '../result/compare/figure-history.ts';
import { cleanTexts } from '../result/printable.ts';
import { parseMetric } from '../result/threshold-grammar.ts';
import { list, several, text } from './option-shapes.ts';
import { parseOutputs, printedOutputs } from './outputs.ts';
import { printNote } from './print.ts';
import { readResult, resultFile } from './read-result.ts';
import { usageError } from './usage-error.ts';
import { printOutputs, useColour, writeOutputs } from './write-reports.ts';

interface HistoryArguments {
  readonly dirs: readonly string[];
  readonly metric?: string | undefined;
  readonly target?: readonly string[] | undefined;
  readonly condition?: readonly string[] | undefined;
  readonly operation?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly format: string;
}

export const historyCommand: CommandModule<object, HistoryArguments> = {
  command: 'history <dirs..>',
  describe: 'a figure over many stored results',
  builder: (parser) =>
    parser
      .positional('dirs', {
        ...several,
        describe: 'result folders, or folders that hold some',
      })
      .option('metric', {
        ...text,
        describe: 'e.g. p99 or "delivered p50" (default: the scenario’s primary figure, else p50)',
      })
      .option('target', { ...list, describe: 'only this target (again for more)' })
      .option('condition', { ...list, describe: 'only this condition (again for more)' })
      .option('operation', { ...list, describe: 'only this operation (again for more)' })
      .option('out', { ...text, describe: 'folder for the formats that are not printed' })
      .option('format', {
        ...text,
        default: 'terminal',
        describe: `what is printed, or written into --out: ${historyFormats.join(', ')}; NAME=PATH: to that file, NAME=-: to stdout`,
      }),
  handler: (args) => {
    const outputs =
      args.out === undefined
        ? printedOutputs(args.format, historyFormats, ['terminal'], false)
        : parseOutputs(args.format, historyFormats, ['terminal']);
    if (args.metric !== undefined && parseMetric(args.metric) === null) {
      throw usageError(`--metric: "${args.metric}" is no metric`, 'For example: --metric "delivered p99"');
    }
    const isWanted = (names: readonly string[] | undefined, name: string) =>
      names === undefined || names.includes(name);
    const runs = args.dirs.flatMap(resultsIn);
    const histories = figureHistories(runs, (trials, { plan }) => {
      const [first] = trials;
      if (first === undefined || !isWanted(args.target, first.target) || !isWanted(args.condition, first.condition))
        return [];
      const places = figurePlaces(trials, plan.primary, [args.metric ?? 'p50']);
      const primary = args.metric === undefined ? places.filter(({ isPrimary }) => isPrimary) : [];
      return (primary.length > 0 ? primary : places).filter(
        ({ operation }) => operation === null || isWanted(args.operation, operation),
      );
    });
    if (histories.length === 0) {
      throw new BenchError('nothingInCommon', 'No result has such a figure', {
        hint: 'Leave out --target, --condition, --operation or --metric to see what there is.',
        exitCode: exitCodes.usage,
      });
    }
    writeOutputs(historyReporters, histories, args.out ?? null, outputs, exitCodes.notWritten);
    printOutputs(historyReporters, outputs, histories, () => {
      const options = { colour: useColour(process.stdout), width: process.stdout.columns ?? 120 };
      process.stdout.write(renderHistory(cleanTexts(histories), options));
    });
  },
};

/** The folder itself, or those in it; what cannot be read there is told and left out. */
function resultsIn(path: string): StoredRun[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true || isResult(path)) return [{ name: path, result: readResult(path) }];
  const inner = readdirSync(path)
    .map((name) => join(path, name))
    .filter(isResult);
  if (inner.length === 0) return [{ name: path, result: readResult(path) }]; // which says what is missing
  return inner.flatMap((folder) => {
    try {
      return [{ name: folder, result: readResult(folder) }];
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      printNote(`left out: ${error.message}\n`);
      return [];
    }
  });
}

function isResult(path: string): boolean {
  return statSync(join(path, resultFile), { throwIfNoEntry: false })?.isFile() === true;
}
