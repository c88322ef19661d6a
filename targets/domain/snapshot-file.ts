/** What a log has come to, in a file: written beside the old one, so that there is always a whole one. */
import { existsSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { FoldSnapshot } from './order-fold.ts';

export interface LogSnapshot {
  /** Offset of the first record that is not in it. */
  readonly next: number;
  readonly state: FoldSnapshot;
}

/** It is taken at once, and flushed when this resolves. */
export async function writeSnapshot(path: string, snapshot: LogSnapshot): Promise<void> {
  const bytes = serialize(snapshot);
  const part = `${path}.part`;
  const file = await open(part, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
}

/** null: there is none. Throws on one that cannot be read. */
export function readSnapshot(path: string): LogSnapshot | null {
  return existsSync(path) ? (deserialize(readFileSync(path)) as LogSnapshot) : null;
}
