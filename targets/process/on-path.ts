import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of an executable in one of these folders (as PATH has them; left out: PATH); null when there is none. */
export function onPath(name: string, folders: string = process.env.PATH ?? ''): string | null {
  for (const folder of folders.split(delimiter)) {
    const path = join(folder, name);
    if (isExecutable(path)) return path;
  }
  return null;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
