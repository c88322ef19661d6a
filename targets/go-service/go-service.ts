/** Our reference service in Go: built from the sources beside this file, and again when one of them changes. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../stack/program.ts';
import { cacheDirectory, installInto } from '../stack/stack-cache.ts';

const name = 'go-service';
const source = import.meta.dirname;
/** The versions in go.mod and the checksums in go.sum, whatever the machine's own settings are. */
const build = ['build', '-C', source, '-mod=readonly', '-buildvcs=false', '-o'];
const environment = { GOWORK: 'off' };

let known: string | null = null;

function directory(): string {
  known ??= cacheDirectory(name, sourcesDigest());
  return known;
}

/** Where it is once it is built. */
export function goServicePath(): string {
  return join(directory(), name);
}

function sourcesDigest(): string {
  const digest = createHash('sha256');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((one) => /\.go$|go\.(mod|sum)$/.test(one)).sort()) {
    digest.update(`${file}\0`).update(readFileSync(join(source, file)));
  }
  return digest.digest('hex').slice(0, 12);
}

export const goServiceProgram: Program = {
  name,
  title: 'Go service',
  version: 'built here',
  find: async () => (existsSync(goServicePath()) ? goServicePath() : null),
  needs: ['go'],
  get commands() {
    return [`GOWORK=off go ${build.join(' ')} ${goServicePath()} .`];
  },
  cost: '18 MB, about 20 s',
  withoutIt: 'targets with service: { runtime: node } run',
  install: (runCommand) =>
    installInto(directory(), (temporary) => runCommand('go', [...build, join(temporary, name), '.'], environment)),
};
