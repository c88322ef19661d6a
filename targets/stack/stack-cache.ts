/** Where installed programs are kept between runs, and how one gets there without ever being half there. */
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { createFolder } from '../../result/create-folder.ts';

const abandonedMs = 3_600_000;

export function cacheDirectory(part: string, version: string): string {
  const base = process.env.XDG_CACHE_HOME || join(os.homedir(), '.cache');
  return join(base, 'wirebench', `${part}-${version}`);
}

/**
 * Fills a folder beside the cache and renames it into place when `fill` is done: an interrupted installation is never
 * taken for a good one. What is in its place already was found to be no good.
 */
export async function installInto(directory: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  createFolder(dirname(directory));
  await removeAbandoned(`${directory}.partial-`);
  const temporary = await mkdtemp(`${directory}.partial-`);
  try {
    await fill(temporary);
    await rm(directory, { recursive: true, force: true });
    await rename(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** What installations left that were killed; a live one does not take so long. */
async function removeAbandoned(prefix: string): Promise<void> {
  const folder = dirname(prefix);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!path.startsWith(prefix)) continue;
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > abandonedMs) await rm(path, { recursive: true, force: true });
  }
}
