/** A BenchError taken apart and put together again, since classes do not survive the message channel. */
import { BenchError, type ExitCode, exitCodes } from '../../result/bench-error.ts';

export interface WorkerError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly exitCode: number;
}

export function takeApart(error: unknown): WorkerError {
  if (error instanceof BenchError) {
    const { code, message, hint, exitCode } = error;
    return { code, message, hint, exitCode };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message, hint: undefined, exitCode: exitCodes.internal };
}

export function putTogether({ code, message, hint, exitCode }: WorkerError): BenchError {
  return new BenchError(code, message, { hint, exitCode: exitCode as ExitCode });
}
