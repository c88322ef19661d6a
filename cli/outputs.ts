/** Which formats go where: `terminal,html,json=-,junit=build/bench.xml`. */
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { closestName } from '../result/closest-name.ts';

/** In place of a path. */
export const toStdout = '-';

export interface Output<Name extends string = string> {
  readonly format: Name;
  /** `-`: stdout. A path: there. null: its usual place. */
  readonly to: string | null;
}

/**
 * `printed`: formats that are read on stdout unless a path is given. Throws a BenchError (exit 2) for an unknown format, and
 * for one that is to have stdout to itself while another one writes there, too.
 */
export function parseOutputs<Name extends string>(
  text: string,
  names: readonly Name[],
  printed: readonly Name[],
): Output<Name>[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) throw refusal('--format names no format', `There are ${names.join(', ')}.`);
  const outputs = items.map((item) => parseOutput(item, names));
  const unique = outputs.filter(
    (one, n) => outputs.findIndex(({ format, to }) => format === one.format && to === one.to) === n,
  );
  const onStdout = unique.filter(({ format, to }) => to === toStdout || (to === null && printed.includes(format)));
  const alone = onStdout.find(({ format, to }) => to === toStdout && !printed.includes(format));
  const beside = onStdout.find((one) => one !== alone);
  if (alone !== undefined && beside !== undefined) {
    throw refusal(
      `--format: ${alone.format} and ${beside.format} would both go to stdout, and a program that reads one would meet the other`,
      `Leave ${beside.format} out, or name a file for it: ${beside.format}=PATH.`,
    );
  }
  return unique;
}

/**
 * Of a command that keeps nothing unless it is told where: a format alone is printed, and without a folder several have
 * nowhere to go. Throws as `parseOutputs` does.
 */
export function printedOutputs<Name extends string>(
  text: string,
  names: readonly Name[],
  printed: readonly Name[],
  hasFolder: boolean,
): Output<Name>[] {
  const outputs = parseOutputs(text, names, printed);
  const [first, ...more] = outputs;
  if (first?.to === null && more.length === 0) return [{ ...first, to: toStdout }];
  const lost = outputs.find(({ format, to }) => to === null && !printed.includes(format));
  if (lost === undefined || hasFolder) return outputs;
  throw refusal(
    `--format: there is no folder for ${lost.format}`,
    `Name one with --out, or the file: ${lost.format}=PATH.`,
  );
}

function parseOutput<Name extends string>(item: string, names: readonly Name[]): Output<Name> {
  const at = item.indexOf('=');
  const name = at === -1 ? item : item.slice(0, at).trim();
  const to = at === -1 ? null : item.slice(at + 1).trim();
  const format = names.find((one) => one === name);
  if (format === undefined) {
    const meant = closestName(name, names);
    const all = `There are ${names.join(', ')}.`;
    throw refusal(
      `--format: there is no format "${name}" here`,
      meant === null ? all : `Did you mean ${meant}? ${all}`,
    );
  }
  if (to === '')
    throw refusal(`--format ${item} names no file`, `For example: ${name}=report.txt, or ${name}=- for stdout.`);
  return { format, to };
}

function refusal(message: string, hint: string): BenchError {
  return new BenchError('commandLine', message, { hint, exitCode: exitCodes.usage });
}
