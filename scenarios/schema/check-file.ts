/** Files that a scenario names: found out before anything is started. */
import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspectNamedFile, NamedFileError, readNamedFile } from '../named-file.ts';
import type { Finding, Path } from './problem.ts';

/** Whether it can be read and is of a size to be; if not, that was reported. */
export function checkFile(
  directory: string,
  name: string,
  path: Path,
  report: (finding: Finding) => void,
  { mostBytes, asText = false }: { readonly mostBytes: number; readonly asText?: boolean },
): boolean {
  const message = troubleWith(resolve(directory, name), mostBytes, asText);
  if (message !== null) report({ path, message: `"${name}" ${message}` });
  return message === null;
}

/** The same of a folder. */
export function checkFolder(directory: string, name: string, path: Path, report: (finding: Finding) => void): boolean {
  const isFolder = statSync(resolve(directory, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder) report({ path, message: `"${name}" is no folder (paths are relative to the scenario file)` });
  return isFolder;
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
