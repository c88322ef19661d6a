/** What was finished when the result folder failed: printed whatever the formats, and kept where it can be. */
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '../result/result-types.ts';
import { printReport, writeReports } from './write-reports.ts';

/** The folder that has it now; null: there is none that takes it. */
export function keepUnstored(result: RunResult, out: string): string | null {
  printReport(result, { full: true }); // it may be all that is left
  const places = [() => out, () => mkdtempSync(join(os.tmpdir(), `${result.run.id}-`)), () => process.cwd()];
  for (const place of places) {
    try {
      const folder = place();
      writeReports(result, folder, ['json']);
      return folder;
    } catch {
      // The next place may take it; that none did is what the reader is told.
    }
  }
  return null;
}
