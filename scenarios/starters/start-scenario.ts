/** Which kind of description is given, and the scenario that is written from it. */
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { NamedFileError, readNamedFile } from '../named-file.ts';
import { parseScenario } from '../schema/parse-scenario.ts';
import { fromCurl } from './from-curl.ts';
import { fromHar } from './from-har.ts';
import { fromOpenApi } from './from-openapi.ts';
import { fromProto } from './from-proto.ts';
import { type StartedScenario, writeScenario } from './started-scenario.ts';

const largestBytes = 64 * 1024 ** 2;

/**
 * `from`: a file, or a command line of curl. `file`: where the text is to go. Rejects with a BenchError (exit 2) for what
 * cannot be read; what it resolves with is valid.
 */
export async function startScenario(from: string, file: string, name: string, schema: string): Promise<string> {
  const started = await startedFrom(from, file);
  if (started.operations.length === 0) throw unreadable(`${started.origin} describes nothing that could be sent`);
  const text = writeScenario(started, name, schema);
  const reading = parseScenario(text, { path: file, env: {} });
  if (reading.ok) return text;
  const problems = reading.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
  throw unreadable(`${started.origin} asks for what a scenario cannot say:\n${problems}`);
}

async function startedFrom(from: string, file: string): Promise<StartedScenario> {
  if (/^\s*curl\s/.test(from)) return fromCurl(from.trim());
  const path = resolve(from);
  const origin = basename(from);
  const text = textOf(path, from);
  if (extname(from) === '.proto') {
    const named = relative(dirname(resolve(file)), path)
      .split(sep)
      .join('/');
    return fromProto(path, named.startsWith('.') ? named : `./${named}`);
  }
  if (extname(from) === '.har' || /^\s*\{\s*"log"\s*:/.test(text)) return fromHar(text, origin);
  return fromOpenApi(path, origin);
}

function textOf(path: string, from: string): string {
  try {
    return readNamedFile(path, largestBytes).toString('utf8');
  } catch (cause) {
    if (!(cause instanceof NamedFileError)) throw cause;
    throw unreadable(`${from} ${cause.message}`, cause);
  }
}

function unreadable(message: string, cause?: unknown): BenchError {
  return new BenchError('commandLine', message, {
    hint: "--from takes an OpenAPI description (YAML or JSON), a HAR file, a .proto file, or 'curl …'.",
    exitCode: exitCodes.usage,
    cause,
  });
}
