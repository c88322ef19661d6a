/** The process exit codes of `bench`; scripts rely on them. */
export const exitCodes = {
  done: 0,
  internal: 1,
  usage: 2,
  stack: 3,
  threshold: 4,
  invalid: 5,
  /** The result, or a report of it. */
  notWritten: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface BenchErrorOptions {
  /** What the reader can do about it, as one or more full sentences or commands. */
  readonly hint?: string;
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/**
 * An error that a user can act on. `code` is a stable camelCase word for scripts, `message` says what is wrong,
 * `hint` what to do. Anything thrown that is not a BenchError is a bug of ours and exits with 1.
 */
export class BenchError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, options: BenchErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'BenchError';
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? exitCodes.internal;
  }
}
