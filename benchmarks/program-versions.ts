/** Versions of the peers, for the results. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PeerName, peerPrograms } from './peers/peer-programs.ts';

/** `said`: name → program and the argument with which it tells; the others are pinned by us or by the lockfile. */
export function programVersions(
  said: Readonly<Record<string, readonly [program: string, argument: string]>>,
  pinned: readonly PeerName[] = [],
  packages: readonly string[] = [],
): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const [name, [program, argument]] of Object.entries(said)) {
    const { stdout, stderr } = spawnSync(program, [argument], { encoding: 'utf8', timeout: 5_000 });
    versions[name] = /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown';
  }
  for (const name of pinned) versions[peerPrograms[name].name] = peerPrograms[name].version;
  for (const name of packages) versions[name] = packageVersion(name);
  return versions;
}

function packageVersion(name: string): string {
  const path = join(import.meta.dirname, '..', 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
