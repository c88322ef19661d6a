/** What is wrong with a scenario, and where. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { visible } from '../../result/printable.ts';

/** Keys and indexes from the root of the document. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** The scenario file as it was named, or the option of the command line (`--set targets.rest.connections`). */
  readonly file: string;
  /** From 1; 0 when the place is not in a file. */
  readonly line: number;
  readonly column: number;
  /** e.g. `targets.rest.connections`; '' for the whole document. */
  readonly path: string;
  readonly message: string;
  /** e.g. `did you mean "connections"?` */
  readonly suggestion?: string;
}

/** A problem whose place is still a path. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly suggestion?: string | undefined;
  /** The key is wrong, not its value. */
  readonly atKey?: boolean;
  /** Characters into the value's text. */
  readonly offset?: number;
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** One line: `file:line:column: path: message (suggestion)`. */
export function formatProblem({ file, line, column, path, message, suggestion }: Problem): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  // The option names the setting already.
  const subject = path === '' || (line === 0 && file.endsWith(path)) ? '' : `${path}: `;
  return visible(`${place}: ${subject}${message}${suggestion === undefined ? '' : ` (${suggestion})`}`);
}

/** All problems of a scenario as one error for the command line: exit code 2. */
export function scenarioError(problems: readonly Problem[]): BenchError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new BenchError('scenario', `The scenario has ${count}:\n${problems.map(formatProblem).join('\n')}`, {
    hint: 'Nothing was started.',
    exitCode: exitCodes.usage,
  });
}
