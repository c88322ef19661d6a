/** `bench compare <base> <new…>`: is it different, and by how much. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import {
  type ComparisonFormat,
  comparisonFormats,
  comparisonReporters,
} from '../reports/compare/comparison-formats.ts';
import { renderComparison } from '../reports/compare/comparison-terminal.ts';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { compareRuns } from '../result/compare/compare-runs.ts';
import { comparedCurves } from '../result/compare/compared-curves.ts';
import type { CompareOptions, NamedRun } from '../result/compare/compared-sides.ts';
import { parseGate } from '../result/compare/comparison-gates.ts';
import type { ComparisonResult } from '../result/compare/comparison-result.ts';
import { runDifferences } from '../result/compare/run-differences.ts';
import { cleanTexts } from '../result/printable.ts';
import type { RunResult } from '../result/result-types.ts';
import { parseMetric } from '../result/threshold-grammar.ts';
import { compareInterleaved, type InterleaveArguments, interleaveOptions } from './interleave.ts';
import { list, several, text } from './option-shapes.ts';
import type { Output } from './outputs.ts';
import { printNote } from './print.ts';
import { readResult, resultFile } from './read-result.ts';
import { refuseDifferences } from './refuse-differences.ts';
import { scenarioOptions } from './scenario-options.ts';
import { stackOptions } from './stack-arguments.ts';
import { usageError } from './usage-error.ts';
import { comparisonOutputs, writeComparison } from './write-comparison.ts';
import { printOutputs, useColour } from './write-reports.ts';

export interface CompareArguments extends InterleaveArguments {
  readonly 'min-effect': string;
  readonly metric?: readonly string[] | undefined;
  readonly 'fail-on'?: readonly string[] | undefined;
  readonly 'baseline-noise'?: string | undefined;
  readonly force: boolean;
  readonly format: string;
}

const { target, condition, duration, rate, set, seed } = scenarioOptions;

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <results..>',
  describe: 'is one result different from another, and by how much',
  builder: (parser) =>
    parser
      .positional('results', {
        ...several,
        describe: 'result folders, the base first; with --interleave scenario files',
      })
      .options(interleaveOptions)
      .options({ target, condition, duration, rate, set, seed })
      .options(stackOptions)
      .option('min-effect', {
        ...text,
        default: '5%',
        describe: 'a change that nobody would act on if it were smaller',
      })
      .option('metric', { ...list, describe: 'instead of p50 and p99, e.g. "delivered p90" (again for more)' })
      .option('fail-on', { ...list, describe: 'e.g. "p99 > +10%": exit 4 beyond it, 5 when nobody can tell' })
      .option('baseline-noise', {
        ...text,
        describe: 'a folder of results of one and the same, of this machine',
      })
      .option('force', { type: 'boolean', default: false, describe: 'compare figures of different things, and say so' })
      .option('format', {
        ...text,
        default: 'terminal',
        describe: `what is printed, or written into --out: ${comparisonFormats.join(', ')}; NAME=PATH: to that file, NAME=-: to stdout`,
      }),
  handler: async (args) => {
    const options = compareOptions(args);
    requireItsOptions(args);
    const outputs = comparisonOutputs(args.format, args.out !== undefined || args.interleave !== undefined);
    if (args.interleave !== undefined) {
      const { comparison, directory, isInterrupted, failure } = await compareInterleaved(args, options);
      printNote(`Results: ${directory}\n`);
      // Broken off before three blocks were whole there may be nothing to show.
      if ((!isInterrupted && failure === null) || comparison.rows.length > 0) {
        refuseUnlike(comparison, args.force);
        writeComparison(comparison, directory, outputs);
        printComparison(comparison, outputs);
      }
      if (failure !== null) throw failure;
      process.exitCode = isInterrupted ? exitCodes.interrupted : comparisonExitCode(comparison);
      return;
    }
    const [base, ...others] = args.results.map((path): NamedRun => {
      return { name: path, result: selected(readResult(path, { anySemantics: args.force }), args) };
    });
    if (base === undefined || others.length === 0) {
      throw new BenchError('commandLine', 'compare needs two results at least: the base, and what is held against it', {
        hint: 'For example: bench compare results/before results/after',
        exitCode: exitCodes.usage,
      });
    }
    const noise = args['baseline-noise'] === undefined ? [] : readNoise(args['baseline-noise'], base);
    const compared = compareRuns(base, others, { ...options, noise });
    refuseUnlike(compared, args.force);
    const comparison = { ...compared, curves: comparedCurves([base, ...others]) };
    writeComparison(comparison, args.out ?? null, outputs);
    printComparison(comparison, outputs);
    process.exitCode = comparisonExitCode(comparison);
  },
};

const ofInterleaved = ['a-set', 'b-set', 'a-start', 'b-start', 'set', 'duration', 'rate', 'seed'] as const;

function selected(result: RunResult, { target, condition }: CompareArguments): RunResult {
  const isWanted = (names: readonly string[] | undefined, name: string) => names === undefined || names.includes(name);
  const trials = result.trials.filter(
    (trial) => isWanted(target, trial.target) && isWanted(condition, trial.condition),
  );
  return { ...result, trials };
}

/** What would have no effect is not meant. */
function requireItsOptions(args: CompareArguments): void {
  const { interleave } = args;
  const lost = interleave === undefined ? ofInterleaved.find((name) => args[name] !== undefined) : undefined;
  if (lost !== undefined) {
    throw usageError(
      `--${lost} is for what is played, and stored results are not played again`,
      'Add --interleave 8 and name a scenario.',
    );
  }
  if (interleave === undefined || args['baseline-noise'] === undefined) return;
  throw usageError('--baseline-noise is for stored results; sides played in turn need none', 'Leave it out.');
}

/** Throws a BenchError (exit 2) for what cannot be read. */
function compareOptions(args: Pick<CompareArguments, 'min-effect' | 'metric' | 'fail-on' | 'force'>): CompareOptions {
  const metrics = (args.metric ?? []).map((text) => text.trim().replace('p99.9', 'p999'));
  const unknown = metrics.find((text) => parseMetric(text) === null);
  if (unknown !== undefined)
    throw usageError(`--metric: "${unknown}" is no metric`, 'For example: --metric p50 --metric "delivered p99"');
  return {
    minEffect: readShare(args['min-effect']),
    metrics,
    gates: (args['fail-on'] ?? []).map(parseGate),
    isForced: args.force,
  };
}

function readShare(text: string): number {
  const found = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  const share = Number(found?.[1]) / 100;
  if (!(share > 0 && share < 1))
    throw usageError(`--min-effect ${text} is no percentage between 0 and 100`, 'For example: --min-effect 5%');
  return share;
}

/** Results of runs of one and the same: the folders in it, each a result. */
function readNoise(folder: string, base: NamedRun) {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory())
    throw usageError(`--baseline-noise: there is no folder ${folder}`, noiseHint);
  const paths = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(join(path, resultFile), { throwIfNoEntry: false })?.isFile() === true);
  if (paths.length === 0) throw usageError(`--baseline-noise: ${folder} holds no folder with a result`, noiseHint);
  return paths.sort().map((path) => {
    const result = readResult(path);
    const first = runDifferences(base.result, result, path).find(({ refused }) => refused);
    if (first !== undefined)
      throw usageError(
        `--baseline-noise: ${path} is of something else: ${first.what} ${first.base} → ${first.other}`,
        noiseHint,
      );
    return result;
  });
}

const noiseHint = 'Play the same scenario three times or more on this machine, each with --out into one folder.';

/** What is not alike gives no ratio of anything. Exit 2. */
function refuseUnlike({ differences, sides, rows }: ComparisonResult, isForced: boolean): void {
  if (!isForced) refuseDifferences(differences);
  if (rows.length > 0) return;
  throw new BenchError(
    'nothingInCommon',
    `${sides.map(({ name }) => name).join(' and ')} have no valid trial in common`,
    {
      hint: 'They need the same target, condition and variant, with a trial that is not invalid on either side.',
      exitCode: exitCodes.usage,
    },
  );
}

function printComparison(comparison: ComparisonResult, outputs: readonly Output<ComparisonFormat>[]): void {
  printOutputs(comparisonReporters, outputs, comparison, () => {
    const colour = useColour(process.stdout);
    process.stdout.write(renderComparison(cleanTexts(comparison), { colour, width: process.stdout.columns ?? 160 }));
  });
}

/** A gate that failed outranks one of which nobody can tell: what is known is known. */
function comparisonExitCode({ gates }: ComparisonResult): number {
  if (gates.some(({ status }) => status === 'fail')) return exitCodes.threshold;
  return gates.some(({ status }) => status === 'cannotTell') ? exitCodes.invalid : exitCodes.done;
}
