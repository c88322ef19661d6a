/**
 * `--agents kubernetes:N` on a real cluster: API server, controllers, scheduler, kubelet, containerd. Asked for by
 * WIREBENCH_KUBERNETES=1: it needs root, programs of Debian, and builds Kubernetes the first time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import { BenchProcess } from './bench-process.ts';
import { benchRig, measuredExits } from './bench-rig.ts';
import { agentImage } from './test-cluster/cluster-images.ts';
import { missingForCluster } from './test-cluster/cluster-programs.ts';
import { runAddress, startCluster, type TestCluster } from './test-cluster/start-cluster.ts';

const isAskedFor = process.env.WIREBENCH_KUBERNETES === '1';
const missing = isAskedFor ? missingForCluster() : [];
const rights = join(import.meta.dirname, '..', 'deploy', 'kubernetes', 'run-rights.yaml');
const namespace = 'perf';

const server = `require('node:http').createServer((q, a) => q.resume().on('end', () => a.end('{}'))).listen(18080, '${runAddress}')`;
const scenario = (seconds: number, repeats: number) => `name: cluster
allowHosts: [${runAddress}]
workload: { operations: { place: { pattern: request-reply, payload: order } }, payloads: { order: { size: 200B } } }
load: { model: open, rate: 200/s, warmup: 500ms, duration: ${seconds}s, threads: 1 }
repeats: ${repeats}
targets:
  own:
    protocol: rest
    address: http://${runAddress}:18080
    via: direct
    connections: 6
    requests: { place: { method: POST, path: /orders, body: "{{payload}}" } }
`;

describe.skipIf(!isAskedFor || missing.length > 0)('agents in a Kubernetes cluster', () => {
  const rig = benchRig('cluster');
  let cluster: TestCluster;
  let service: ChildProcess;
  let login = '';
  let run: BenchProcess | null = null;

  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.kubectl('create', 'namespace', namespace);
    await cluster.kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted');
    await cluster.kubectl('apply', '--namespace', namespace, '--filename', rights);
    // The run logs in with the shipped rights, and no others.
    const token = (await cluster.kubectl('create', 'token', 'wirebench-run', '--namespace', namespace)).trim();
    login = rig.write('run.kubeconfig', readFileSync(cluster.kubeconfig, 'utf8').replace('admin-token', token));
    const [command = '', ...rest] = [...cluster.inside, process.execPath, '-e', server];
    service = spawn(command, rest, { stdio: 'ignore' });
  }, 3_600_000);
  afterEach(() => run?.child.kill('SIGKILL'));
  afterAll(async () => {
    service?.kill();
    await cluster?.stop();
  });

  function start(text: string, changed: Readonly<Record<string, string>> = {}) {
    const out = rig.newOut();
    const options = Object.entries({
      ...{ agents: 'kubernetes:3', namespace, image: agentImage, listen: runAddress },
      ...{ 'agent-cpus': '250m', 'agent-memory': '400Mi' },
      ...changed,
    }).flatMap(([name, value]) => [`--${name}`, value]);
    const path = rig.write('cluster.yaml', text);
    const all = ['run', path, '--yes', '--full', '--out', out, ...options];
    const started = new BenchProcess(all, { KUBECONFIG: login }, cluster.inside);
    run = started;
    return {
      started,
      async result(): Promise<RunResult> {
        const exit = await started.exited;
        expect(measuredExits, exit.stderr).toContain(exit.code);
        return rig.read(out);
      },
    };
  }

  async function left(): Promise<string> {
    return await cluster.kubectl('get', 'jobs,pods,secrets', '--namespace', namespace, '--output', 'name');
  }

  it('make the load of a run, and nothing of them is left', async () => {
    const { trials } = await start(scenario(3, 1)).result();
    const [trial] = trials;
    expect(trial?.agents?.map(({ name }) => name)).toEqual(
      [0, 1, 2].map(() => expect.stringMatching(/^wirebench-\w+-\d-/)),
    );
    expect(trial?.phases.steady?.counts.offered).toBeGreaterThan(500);
    expect(trial?.phases.steady?.counts.ok).toBe(trial?.phases.steady?.counts.offered);
    expect(await left()).toBe('');
  });

  it('are told of when one is deleted, and are there again for the next trial', async () => {
    const { started, result } = start(scenario(8, 2));
    await started.says(/agent wirebench-\S+ has joined(.|\n)*has joined(.|\n)*has joined/, 120_000);
    await sleep(3_000);
    const pods = await cluster.kubectl('get', 'pods', '--namespace', namespace, '--output', 'name');
    const [pod = ''] = pods.trim().split('\n');
    await cluster.kubectl('delete', pod, '--namespace', namespace, '--grace-period', '0', '--force', '--wait=false');
    const { trials } = await result();
    const [first, second] = trials;
    expect(first?.verdict).toMatchObject({ status: 'invalid' });
    expect(first?.verdict.reasons.find(({ code }) => code === 'agentLost')?.message).toContain(pod.split('/')[1]);
    expect(second?.agents).toHaveLength(3);
    expect(second?.verdict.reasons.map(({ code }) => code)).not.toContain('agentLost');
    expect(await left()).toBe('');
  });

  it.each([
    ['no node has the room for', { 'agent-cpus': '64' }, /no node takes it \(Unschedulable\): .*Insufficient cpu/],
    [
      'have an image that nobody has',
      { image: 'wirebench.local/nothing:1' },
      /its image cannot be fetched \((ErrImagePull|ImagePullBackOff)\)/,
    ],
    ['have too little memory', { 'agent-memory': '24Mi' }, /OOMKilled|killed by signal 9|cannot be started/],
  ])('are told of when they %s', async (_, changed, words) => {
    const { started } = start(scenario(3, 1), { ...changed, 'agents-wait': '25s' });
    const exit = await started.exited;
    expect(exit.code, exit.stderr).toBe(3);
    expect(exit.stderr).toMatch(words);
    expect(await left()).toBe('');
  });

  it('go with a run that is interrupted', async () => {
    const { started } = start(scenario(30, 1));
    await started.says(/has joined(.|\n)*has joined(.|\n)*has joined/, 120_000);
    started.child.kill('SIGINT');
    expect((await started.exited).code).toBe(130);
    expect(await left()).toBe('');
  });
});

it.skipIf(!isAskedFor)('a cluster can be had here', () => {
  expect(missing).toEqual([]);
});
