/**
 * A node's storage without the tool that formats it, which takes a JVM's start: what it writes is the same for every node of
 * a version but for the ids, and after the first time lies beside the jars.
 */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../result/create-folder.ts';

const checkpoint = 'bootstrap.checkpoint';

/** False, and nothing done, where no node of this version was formatted yet. */
export function formatAsKept(
  jars: string,
  data: string,
  ids: { readonly clusterId: string; readonly nodeId: number; readonly directoryId: string },
): boolean {
  const kept = join(jars, checkpoint);
  if (!existsSync(kept)) return false;
  createFolder(data);
  copyFileSync(kept, join(data, checkpoint));
  const properties = {
    version: 1,
    'cluster.id': ids.clusterId,
    'node.id': ids.nodeId,
    'directory.id': ids.directoryId,
  };
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(data, 'meta.properties'), lines.join(''));
  return true;
}

/** Of storage that was formatted without anything particular. */
export function keepFormat(jars: string, data: string): void {
  const kept = join(jars, checkpoint);
  const whole = `${kept}.${randomBytes(4).toString('hex')}`;
  try {
    copyFileSync(join(data, checkpoint), whole);
    renameSync(whole, kept); // nobody reads half of it
  } catch {
    // A folder that is not ours to write: the next start formats again.
  }
}
