/** Folders by their full path. Node's own recursive way goes round for ever where a folder takes no new ones, as in /proc. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Creates what is missing of it, from the top. Throws what the file system says of the folder that cannot be had. */
export function createFolder(path: string, mode?: number): void {
  const missing: string[] = [];
  for (let at = path; !isFolder(at); at = dirname(at)) {
    missing.push(at);
    if (dirname(at) === at) break;
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, mode);
    } catch (error) {
      if (!isFolder(folder)) throw error; // another process may have been first
    }
  }
}

/** A file on the way, or a folder that may not be looked into, is told by the `mkdir` that follows. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
