/** Our reference service in Go: built from the sources beside this file, and again when one of them changes. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '../stack/program.ts';
import { cacheDirectory, installInto } from '../stack/stack-cache.ts';

const run = promisify(execFile);
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

/** What is printed beside the numbers: `grpc-go 1.84.0, go1.26.8`; of what is not built yet without its Go. */
export function goServiceLabel(protocol: 'rest' | 'grpc'): string {
  const [, grpc = ''] = /google\.golang\.org\/grpc v(\S+)/.exec(readFileSync(join(source, 'go.mod'), 'utf8')) ?? [];
  const built = existsSync(versionPath()) ? [readFileSync(versionPath(), 'utf8').trim()] : [];
  return [protocol === 'grpc' ? `grpc-go ${grpc}` : 'net/http', ...built].join(', ');
}

function versionPath(): string {
  return join(directory(), 'version');
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
  find: async () => (existsSync(versionPath()) ? goServicePath() : null), // what is written last
  needs: ['go'],
  get commands() {
    return [`GOWORK=off go ${build.join(' ')} ${goServicePath()} .`];
  },
  cost: '18 MB, about 20 s',
  withoutIt: 'targets with service: { runtime: node } run',
  install: (runCommand) =>
    installInto(directory(), async (temporary) => {
      await runCommand('go', [...build, join(temporary, name), '.'], environment);
      const { stdout } = await run('go', ['env', 'GOVERSION']);
      await writeFile(join(temporary, 'version'), stdout);
    }),
};
