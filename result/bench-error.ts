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

/** What each code tells a script, for help and documents. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done (a suspect trial is a warning)',
  internal: 'our bug',
  usage: 'bad command line or scenario',
  stack: 'the stack could not be had',
  threshold: 'a threshold failed',
  invalid: 'a trial was invalid, or a threshold had no data',
  notWritten: 'the result could not be written; what was finished is printed, and kept where it can be',
  interrupted: 'interrupted; the partial result is kept',
};

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
