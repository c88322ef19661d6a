/**
 * For tests: the programs of a real Kubernetes, built from the modules of its release: Kubernetes itself cannot be
 * installed as a module, but it builds as what a module of ours requires. Debian has the rest.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onPath } from '../../targets/process/on-path.ts';
import { cacheDirectory } from '../../targets/stack/stack-cache.ts';

const run = promisify(execFile);
const release = '37.2';
const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'] as const;
/** Of Debian: etcd-server, containerd, runc, containernetworking-plugins; kubectl, gcc and Go of whoever has them. */
const beside = ['etcd', 'containerd', 'ctr', 'runc', 'kubectl', 'gcc', 'go', 'unshare', 'nsenter'];
export const networkPlugins = '/usr/lib/cni';

const buildMs = 3_600_000;

/** What this machine lacks for a cluster; []: nothing. */
export function missingForCluster(): string[] {
  const missing = beside.filter((name) => onPath(name) === null);
  return existsSync(join(networkPlugins, 'bridge')) ? missing : [...missing, `${networkPlugins}/bridge`];
}

/** The folder of the programs; the first time they are built, which takes a quarter of an hour. */
export async function clusterPrograms(): Promise<string> {
  const folder = cacheDirectory('kubernetes', `1.${release}`);
  await mkdir(folder, { recursive: true });
  const missing = programs.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) return folder;
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  await writeModule(source);
  for (const name of missing) {
    const version = `-X k8s.io/component-base/version.gitVersion=v1.${release} -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=${release.split('.')[0]}`;
    const built = join(source, name);
    await go(['build', '-ldflags', `-s -w ${version}`, '-o', built, `k8s.io/kubernetes/cmd/${name}`], source);
    await rename(built, join(folder, name));
  }
  return folder;
}

/** The replacements of Kubernetes' own module, each by the release of the same staging module. */
async function writeModule(source: string): Promise<void> {
  const { stdout } = await go(['mod', 'download', '-json', `k8s.io/kubernetes@v1.${release}`], source);
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
  const theirs = await readFile(join(folder, 'go.mod'), 'utf8');
  const staged = [...theirs.matchAll(/^\s*(\S+) => \.\/staging\S*$/gm)].map(
    ([, name]) => `  ${name} => ${name} v0.${release}`,
  );
  const language = /^go .*$/m.exec(theirs)?.[0] ?? '';
  const text = [
    'module cluster',
    language,
    `require k8s.io/kubernetes v1.${release}`,
    'replace (',
    ...staged,
    ')',
    '',
  ].join('\n');
  await writeFile(join(source, 'go.mod'), text);
  const imports = programs.map((name) => `import _ "k8s.io/kubernetes/cmd/${name}"`).join('\n');
  await writeFile(join(source, 'programs.go'), `//go:build programs\n\npackage programs\n\n${imports}\n`);
}

function go(args: readonly string[], cwd: string) {
  return run('go', args, { cwd, timeout: buildMs, maxBuffer: 2 ** 26, env: { ...process.env, GOFLAGS: '-mod=mod' } });
}
