/** Against the collector's own OTLP receiver, built from its modules; without Go, or where its modules cannot be had, left out. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../targets/process/free-port.ts';
import { BenchProcess } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

interface Metrics {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

const rig = benchRig('otlp');
const program = join(rig.folder, 'otlp-receiver');
const source = join(import.meta.dirname, 'fixtures', 'otlp-receiver');
const built = spawnSync('go', ['build', '-C', source, '-o', program, '.'], { encoding: 'utf8', timeout: 500_000 });
const why = built.error?.message ?? built.stderr;
const isBuilt = built.status === 0;
if (!isBuilt) process.stderr.write(`The collector's receiver is left out, for it cannot be built: ${why}\n`);

let receiver: ChildProcess | null = null;
let port = 0;
let output = '';
beforeAll(async () => {
  if (!isBuilt) return;
  port = await freePort();
  receiver = spawn(program, [`127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  receiver.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  while (!output.includes('listening')) await new Promise((resolve) => setTimeout(resolve, 50));
});
afterAll(() => void receiver?.kill());

it.skipIf(!isBuilt)('the collector takes what is sent, while the run goes on and at its end', async () => {
  const scenario = rig.write(
    'few.yaml',
    `name: few
workload: { operations: { placeOrder: {}, getOrder: {} } }
load: { model: open, rate: 100/s, warmup: 200ms, duration: 7s }
targets: { rest: { protocol: rest, via: direct } }
conditions: { calm: [] }
`,
  );
  const args = ['run', scenario, '--stack', 'native', '--yes', '--out', rig.newOut()];
  const { stderr } = await new BenchProcess([...args, '--otlp', `http://127.0.0.1:${port}`]).exited;
  expect(stderr).not.toContain('takes no metrics');
  const batches = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Metrics);
  const names = batches.map(({ resourceMetrics }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
    ),
  );
  expect(names.flat()).toContain('wirebench_load_rate');
  expect(names.at(-1)).toEqual(expect.arrayContaining(['wirebench_latency_seconds', 'wirebench_operations_total']));
});
