/** Where the files of a comparison are written. */
import { join } from 'node:path';
import { renderComparisonHtml } from '../reports/comparison-html.ts';
import { exitCodes } from '../result/bench-error.ts';
import type { ComparisonResult } from '../result/comparison-result.ts';
import { cleanTexts } from '../result/printable.ts';
import { writeWhole } from './write-reports.ts';

/** `comparison.json` and `comparison.html`. Throws a BenchError (exit 6) where they cannot be written. */
export function writeComparison(comparison: ComparisonResult, directory: string): void {
  writeWhole(join(directory, 'comparison.json'), `${JSON.stringify(comparison, null, 1)}\n`, exitCodes.notWritten);
  writeWhole(join(directory, 'comparison.html'), renderComparisonHtml(cleanTexts(comparison)), exitCodes.notWritten);
}
