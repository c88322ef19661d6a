/** Files that a scenario names: found out before anything is started. */
import { isUtf8 } from 'node:buffer';
import { resolve } from 'node:path';
import { inspectNamedFile, NamedFileError, readNamedFile } from '../named-file.ts';
import type { CheckContext } from './check-context.ts';
import type { Path } from './problem.ts';

/** Whether it can be read and is of a size to be; if not, that was reported. */
export function checkFile(
  directory: string,
  name: string,
  path: Path,
  report: CheckContext['report'],
  { mostBytes, asText = false }: { readonly mostBytes: number; readonly asText?: boolean },
): boolean {
  const message = troubleWith(resolve(directory, name), mostBytes, asText);
  if (message !== null) report({ path, message: `"${name}" ${message}` });
  return message === null;
}

function troubleWith(file: string, mostBytes: number, asText: boolean): string | null {
  try {
    if (!asText) inspectNamedFile(file, mostBytes);
    else if (!isUtf8(readNamedFile(file, mostBytes))) return 'is no UTF-8 text, as the reference services need it';
    return null;
  } catch (error) {
    if (error instanceof NamedFileError) return error.message;
    throw error;
  }
}
