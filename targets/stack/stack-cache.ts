/** Where installed programs are kept between runs, and how one gets there without ever being half there. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import { dirname, join } from 'node:path';

export function cacheDirectory(part: string, version: string): string {
  const base = process.env.XDG_CACHE_HOME || join(os.homedir(), '.cache');
  return join(base, 'wirebench', `${part}-${version}`);
}

/**
 * Fills a folder beside the cache and renames it into place when `fill` is done: an interrupted installation is never
 * taken for a good one, and of two at once the first wins.
 */
export async function installInto(directory: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  const temporary = await mkdtemp(`${directory}.partial-`);
  try {
    await fill(temporary);
    await rename(temporary, directory).catch((error) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
