/** `bench init`: a commented scenario to start from, or one written from what there is of an API already. */

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import type { CommandModule } from 'yargs';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { jsonSchemaPath } from '../scenarios/schema/json-schema.ts';
import { startScenario } from '../scenarios/starters/start-scenario.ts';
import { print } from './print.ts';

interface InitArguments {
  readonly file: string;
  readonly from?: string | undefined;
}

const starter = new URL('starter-scenario.yaml', import.meta.url);

export const initCommand: CommandModule<object, InitArguments> = {
  command: 'init [file]',
  describe: 'write a commented scenario to start from',
  builder: (yargs) =>
    yargs
      .positional('file', { type: 'string', default: 'scenario.yaml', describe: 'where to; never overwritten' })
      .option('from', {
        ...({ type: 'string', nargs: 1 } as const),
        describe: "an OpenAPI description, a HAR file, a .proto file, or 'curl …'",
      }),
  handler: async ({ file, from }) => {
    const text =
      from === undefined ? starterText(file) : await startScenario(from, file, nameOf(file), schemaFrom(file));
    writeNew(file, text);
    print(`wrote ${file}; next: ${from === undefined ? '' : 'its TODOs, then '}bench validate ${file}\n`);
  },
};

/** Named after the file, and with the way from there to the JSON Schema. */
function starterText(file: string): string {
  return readFileSync(starter, 'utf8')
    .replace('$schema=scenario.schema.json', () => `$schema=${schemaFrom(file)}`)
    .replace('name: my-scenario', () => `name: ${nameOf(file)}`);
}

function schemaFrom(file: string): string {
  return relative(dirname(resolve(file)), jsonSchemaPath)
    .split(sep)
    .join('/');
}

function nameOf(file: string): string {
  const name = basename(file, extname(file))
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
  return /^[A-Za-z]/.test(name) ? name : 'my-scenario';
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const refuse = (message: string, hint: string) => {
      throw new BenchError('commandLine', message, { hint, exitCode: exitCodes.usage, cause });
    };
    if (code === 'EEXIST') refuse(`${file} is there already`, 'Nothing was written. Name another file.');
    if (code === 'ENOENT' || code === 'ENOTDIR') refuse(`There is no folder ${dirname(file)}`, 'Create it first.');
    refuse(`${file} cannot be written: ${code ?? String(cause)}`, 'Name another file.');
  }
}
