/** A request that cannot be sent says of which operation it is, and where that is written. */
import { BenchError } from '../../result/bench-error.ts';

/** Throws what `work` does; a BenchError with target and operation in front, and the place in the scenario. */
export function inOperation<Result>(target: string, operation: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    const { code, hint, exitCode } = error;
    const message = `Target ${target}, operation ${operation}: ${error.message}`;
    const place = `Change it under \`targets.${target}.requests.${operation}\` in the scenario.`;
    throw new BenchError(code, message, { hint: hint ?? place, exitCode, cause: error });
  }
}
