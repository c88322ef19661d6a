/** A stored result, checked before anything relies on it. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { RunResult } from '../result/result-types.ts';
import { runResultSchema, schemaVersion } from '../result/schema/run-schema.ts';
import { requireSameSemantics } from '../result/semantics-version.ts';

export const resultFile = 'result.json';
const mostProblems = 5;

const ofAnySemantics = runResultSchema.extend({ semanticsVersion: z.number().optional() });

/** Where a result lies: the folder is named, or its result.json. */
export function resultDirectory(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? dirname(path) : path;
}

/** Throws a BenchError (exit 2) for what is not there, not whole, no result of a version that we know, or (unless asked for) of other meanings. */
export function readResult(path: string, { anySemantics = false } = {}): RunResult {
  const file = statSync(path, { throwIfNoEntry: false })?.isFile() ? path : join(path, resultFile);
  const value = parse(file, read(path, file));
  const version = (value as { readonly schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > schemaVersion) {
    throw refusal(
      `${file} is of a newer version (${version}) than this Wirebench knows (${schemaVersion})`,
      'Render it with the Wirebench that wrote it, or a newer one.',
    );
  }
  if (version === schemaVersion && !anySemantics) requireSameSemantics(value, file);
  const checked = (anySemantics ? ofAnySemantics : runResultSchema).safeParse(value);
  if (!checked.success) {
    const problems = checked.error.issues.map((issue) => `  ${placeOf(issue.path)}: ${issue.message}`);
    const more = problems.length > mostProblems ? [`  and ${problems.length - mostProblems} more`] : [];
    throw refusal(
      [`${file} is not a result of Wirebench:`, ...problems.slice(0, mostProblems), ...more].join('\n'),
      'Name the folder that `bench run` wrote. If it was edited by hand, undo that.',
    );
  }
  // As read, not as parsed: `plan` holds the whole scenario, of which the shape names only what reports need.
  return value as RunResult;
}

function refusal(message: string, hint: string, cause?: unknown): BenchError {
  return new BenchError('noResult', message, { hint, exitCode: exitCodes.usage, cause });
}

function read(path: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw refusal(`${file} cannot be read: ${message}`, 'Check its permissions.', cause);
    }
    const there = statSync(path, { throwIfNoEntry: false }) !== undefined;
    throw refusal(
      there ? `${path} holds no ${resultFile}` : `There is no ${path}`,
      `Name the folder that \`bench run\` wrote: it holds a ${resultFile}.`,
      cause,
    );
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal(
      `${file} is not whole JSON: ${(cause as Error).message}`,
      'It was cut off or edited; copy it again, or run the scenario again.',
      cause,
    );
  }
}

/** `trials[3].phases.steady` */
function placeOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}
