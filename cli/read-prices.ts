/** What the reader of a report pays, from a file of theirs. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { type Prices, pricesSchema } from '../result/schema/run-schema.ts';

/** Throws a BenchError (exit 2) for what is not there or holds no prices. */
export function readPrices(path: string): Prices {
  const checked = pricesSchema.strict().safeParse(read(path));
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(
    ({ path: place, message }) => `  ${place.join('.') || 'the file'}: ${message}`,
  );
  throw refusal([`${path} holds no prices:`, ...problems].join('\n'));
}

function read(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw refusal(`${path} cannot be read: ${(cause as Error).message}`, cause);
  }
}

function refusal(message: string, cause?: unknown): BenchError {
  const hint = 'e.g. { currency: EUR, coreHour: 0.04, gigabyte: 0.08, writtenGigabyte: 0.10 }';
  return new BenchError('commandLine', message, { hint, exitCode: exitCodes.usage, cause });
}
