/** Reads a scenario file; whatever keeps it from being read is a problem like any other. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { closestName } from '../../result/closest-name.ts';
import { NamedFileError, readNamedFile } from '../named-file.ts';
import {
  largestScenarioBytes,
  type ParsedScenario,
  type ParseOptions,
  parseScenario,
  type ScenarioReading,
  tooLarge,
} from './parse-scenario.ts';
import { scenarioError } from './problem.ts';

export type LoadOptions = Omit<ParseOptions, 'path'>;

export function loadScenario(path: string, options: LoadOptions = {}): ScenarioReading {
  const refuse = (message: string, suggestion?: string): ScenarioReading => ({
    ok: false,
    problems: [{ file: path, line: 1, column: 1, path: '', message, ...(suggestion && { suggestion }) }],
  });
  let text: string;
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return refuse('is a directory, not a scenario file');
    // Reading a pipe or a device might never end.
    if (!stats.isFile()) return refuse('is not a regular file');
    if (stats.size > largestScenarioBytes) return refuse(tooLarge);
    text = new TextDecoder('utf-8', { fatal: true }).decode(readNamedFile(path, largestScenarioBytes));
  } catch (error) {
    if (error instanceof NamedFileError && error.cause === undefined) return refuse(error.message);
    const { code } = (error instanceof NamedFileError ? error.cause : error) as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return refuse('is not UTF-8 text');
    if (code === 'ENOENT' || code === 'ENOTDIR') return refuse('does not exist', neighbour(path));
    if (code === 'EACCES' || code === 'EPERM') return refuse('may not be read');
    return refuse(`cannot be read: ${code ?? String(error)}`);
  }
  return parseScenario(text, { ...options, path });
}

/** The same, but problems are thrown: a BenchError with exit code 2 that lists them all. */
export function requireScenario(path: string, options: LoadOptions = {}): ParsedScenario {
  const reading = loadScenario(path, options);
  if (reading.ok) return reading;
  throw scenarioError(reading.problems);
}

function neighbour(path: string): string | undefined {
  try {
    const meant = closestName(basename(path), readdirSync(dirname(path)));
    return meant === null ? undefined : `did you mean ${dirname(path)}/${meant}?`;
  } catch {
    return undefined;
  }
}
