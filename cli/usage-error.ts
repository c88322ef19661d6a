import { BenchError, exitCodes } from '../result/bench-error.ts';

/** A command line that cannot be meant. */
export function usageError(message: string, hint: string): BenchError {
  return new BenchError('commandLine', message, { hint, exitCode: exitCodes.usage });
}
