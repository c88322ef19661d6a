/** Where the files of a comparison are written. */
import {
  type ComparisonFormat,
  comparisonFormats,
  comparisonReporters,
} from '../reports/compare/comparison-formats.ts';
import { exitCodes } from '../result/bench-error.ts';
import type { ComparisonResult } from '../result/compare/comparison-result.ts';
import { type Output, parseOutputs, toStdout } from './outputs.ts';
import { usageError } from './usage-error.ts';
import { writeOutputs } from './write-reports.ts';

const printed = ['terminal', 'github'] as const satisfies readonly ComparisonFormat[];

/**
 * As for a run, but that a format alone is printed, and that without a folder several have nowhere to go. Throws a
 * BenchError (exit 2).
 */
export function comparisonOutputs(text: string, hasFolder: boolean): Output<ComparisonFormat>[] {
  const outputs = parseOutputs(text, comparisonFormats, printed);
  const [first, ...more] = outputs;
  if (first?.to === null && more.length === 0) return [{ ...first, to: toStdout }];
  const lost = outputs.find(({ format, to }) => to === null && !(printed as readonly string[]).includes(format));
  if (lost !== undefined && !hasFolder) {
    throw usageError(
      `--format: there is no folder for ${lost.format}`,
      `Name one with --out, or the file: ${lost.format}=PATH.`,
    );
  }
  return outputs;
}

/** Into a folder always `comparison.json` and `comparison.html`. Throws a BenchError (exit 6) for what cannot be written. */
export function writeComparison(
  comparison: ComparisonResult,
  directory: string | null,
  outputs: readonly Output<ComparisonFormat>[],
): void {
  const always = (['json', 'html'] as const).map((format) => ({ format, to: null }));
  const others = outputs.filter(({ format, to }) => to !== null || (format !== 'json' && format !== 'html'));
  writeOutputs(comparisonReporters, comparison, directory, [...always, ...others], exitCodes.notWritten);
}
