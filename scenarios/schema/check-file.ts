/** Files that a scenario names: found out before anything is started. */
import { isUtf8 } from 'node:buffer';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
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
    const stats = statSync(file);
    if (stats.isDirectory()) return 'is a directory';
    if (!stats.isFile()) return 'is not a regular file';
    if (stats.size > mostBytes) return `is larger than ${mostBytes / 1024 ** 2}MiB`;
    accessSync(file, constants.R_OK);
    return asText && !isUtf8(readFileSync(file)) ? 'is no UTF-8 text, as the reference services need it' : null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist (paths are relative to the scenario file)';
    return code === 'EACCES' ? 'may not be read' : `cannot be read: ${code ?? String(error)}`;
  }
}
