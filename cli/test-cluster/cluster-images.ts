/** For tests: images made without an image builder, as files that containerd imports. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

export const pauseImage = 'wirebench.local/pause:1';
export const agentImage = 'wirebench.local/wirebench:test';

/** What holds a pod's namespaces: it sleeps until it is told to end. */
const pauseSource = `#include <signal.h>
#include <unistd.h>
static void stop(int s) { (void)s; _exit(0); }
int main(void) { signal(SIGTERM, stop); signal(SIGINT, stop); for (;;) pause(); }
`;

/** Resolves with the file. */
export async function makePauseImage(folder: string): Promise<string> {
  const tree = join(folder, 'pause');
  await mkdir(tree, { recursive: true });
  await writeFile(join(folder, 'pause.c'), pauseSource);
  await run('gcc', ['-static', '-O2', '-o', join(tree, 'pause'), join(folder, 'pause.c')]);
  return pack(pauseImage, tree, ['/pause'], folder);
}

/** Wirebench as it is packed and installed, with the Node that comes with it and the libraries that this takes of the host. */
export async function makeAgentImage(folder: string): Promise<string> {
  const tree = join(folder, 'agent');
  const app = join(tree, 'app');
  await mkdir(app, { recursive: true });
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [listed] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as { filename: string }[];
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', app, join(folder, listed?.filename ?? '')], {
    cwd: folder,
  });
  const node = join(app, 'node_modules', '.bin', 'node');
  const { stdout } = await run('ldd', [node]);
  for (const [, library = ''] of stdout.matchAll(/(\/\S+) \(0x/g)) await take(library, tree);
  for (const name of ['tmp', 'etc', 'proc', 'sys', 'dev', 'run']) await mkdir(join(tree, name), { recursive: true });
  return pack(
    agentImage,
    tree,
    ['/app/node_modules/.bin/node', '/app/node_modules/wirebench/dist/cli/main.js'],
    folder,
  );
}

async function take(path: string, tree: string): Promise<void> {
  const into = join(tree, path);
  await mkdir(dirname(into), { recursive: true });
  await cp(path, into, { dereference: true });
}

/** An archive of one layer, as `docker save` writes it. */
async function pack(name: string, tree: string, entrypoint: readonly string[], folder: string): Promise<string> {
  const made = join(folder, 'image');
  await rm(made, { recursive: true, force: true });
  await mkdir(made);
  const layer = join(made, 'layer.tar');
  await run('tar', ['-C', tree, '--owner=0', '--group=0', '-cf', layer, ...(await readdir(tree))]);
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Entrypoint: entrypoint, Env: ['PATH=/usr/bin:/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest(readFileSync(layer))}`] },
  });
  const configName = `${digest(config)}.json`;
  await writeFile(join(made, configName), config);
  await writeFile(
    join(made, 'manifest.json'),
    JSON.stringify([{ Config: configName, RepoTags: [name], Layers: ['layer.tar'] }]),
  );
  const file = `${tree}.tar`;
  await run('tar', ['-C', made, '-cf', file, ...(await readdir(made))]);
  return file;
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
