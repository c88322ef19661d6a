/** Where the files of a comparison are written. */
import {
  type ComparisonFormat,
  comparisonFormats,
  comparisonReporters,
} from '../reports/compare/comparison-formats.ts';
import { exitCodes } from '../result/bench-error.ts';
import type { ComparisonResult } from '../result/compare/comparison-result.ts';
import { type Output, printedOutputs } from './outputs.ts';
import { writeOutputs } from './write-reports.ts';

/** Throws a BenchError (exit 2). */
export function comparisonOutputs(text: string, hasFolder: boolean): Output<ComparisonFormat>[] {
  return printedOutputs(text, comparisonFormats, ['terminal', 'github'], hasFolder);
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
