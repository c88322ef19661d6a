/** For tests: starts the cluster of cluster.sh, and puts back what its kubelet changes of the machine. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeAgentImage, makePauseImage, pauseImage } from './cluster-images.ts';
import { clusterPrograms, networkPlugins } from './cluster-programs.ts';

const run = promisify(execFile);

/** Of this machine within the cluster's network: pods reach it, and nobody else. */
export const runAddress = '10.80.0.1';
const startMs = 300_000;
/** What a kubelet sets for the whole kernel; the rest of it ends with the namespaces. */
const settings = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops'].map((name) => `/proc/sys/${name}`);
const groups = '/sys/fs/cgroup';

export interface TestCluster {
  readonly kubeconfig: string;
  /** What a command is started by, to be within its network. */
  readonly inside: readonly string[];
  kubectl(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<TestCluster> {
  const programs = await clusterPrograms();
  const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-cluster-'));
  const images = await imagesIn(folder);
  const before = settings.map((path) => readFileSync(path, 'utf8'));
  const script = join(import.meta.dirname, 'cluster.sh');
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const child = spawn(
    'unshare',
    [...namespaces, script, folder, programs, networkPlugins, pauseImage, runAddress, ...images],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const stop = async () => {
    await ended(child);
    for (const [n, path] of settings.entries()) writeFileSync(path, before[n] ?? '');
    removeGroups();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => {
    said += piece;
  });
  try {
    for (const end = Date.now() + startMs; !existsSync(join(folder, 'ready')); await sleep(200)) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`the cluster did not start: ${said}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeconfig = join(folder, 'kubeconfig');
  const inside = ['nsenter', '--net', '--target', String(innerPid(child))];
  return {
    ...{ kubeconfig, inside, stop },
    async kubectl(...args) {
      const [command = '', ...rest] = [...inside, 'kubectl', '--kubeconfig', kubeconfig, ...args];
      return (await run(command, rest)).stdout;
    },
  };
}

/** The folder is gone when one cannot be made. */
async function imagesIn(folder: string): Promise<string[]> {
  try {
    return [await makePauseImage(folder), await makeAgentImage(folder)];
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** `unshare` waits outside for the first process within. */
function innerPid({ pid = 0 }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

async function ended(child: ChildProcess): Promise<void> {
  const inner = child.exitCode === null ? innerPid(child) : 0;
  const gone = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode !== null) return;
  process.kill(inner, 'SIGKILL'); // the first of its processes: the kernel ends all others with it
  await gone;
}

/** Those of pods, which are empty by now; of whichever version of cgroups. */
function removeGroups(): void {
  const roots = [groups, ...readdirSync(groups).map((name) => join(groups, name))];
  for (const root of roots) {
    const pods = join(root, 'kubepods');
    if (existsSync(pods)) removeTree(pods);
  }
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  try {
    rmdirSync(folder);
  } catch {
    // A process in it is still ending: an empty group costs nothing.
  }
}
