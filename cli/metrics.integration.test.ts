import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../targets/process/free-port.ts';
import { BenchProcess } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('metrics');
const scenario = rig.write(
  'few.yaml',
  `name: few
workload: { operations: { placeOrder: {}, getOrder: {} } }
load: { model: open, rate: 100/s, warmup: 200ms, duration: 2s }
targets: { rest: { protocol: rest, via: direct } }
conditions: { calm: [] }
thresholds: [ "all lost == 0" ]
`,
);
const args = (out: string) => ['run', scenario, '--stack', 'native', '--yes', '--out', out];

it('shows the load that is played now at /metrics, on loopback, and the result in a file', async () => {
  const out = rig.newOut();
  const bench = new BenchProcess([...args(out), '--metrics-port', '0', '--format', 'prometheus,json']);
  await bench.says(/metrics at http:\/\/127\.0\.0\.1:\d+\/metrics/);
  const url = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(bench.stderr)?.[0] ?? '';
  await bench.says(/ {2}steady/);
  let text = '';
  for (let n = 0; n < 100 && !text.includes('wirebench_load_rate{'); n++) {
    text = await fetch(url).then(
      (response) => response.text(),
      () => text,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(text).toMatch(
    /^wirebench_load_rate\{scenario="few",trial="rest-calm-1",target="rest",condition="calm"\} [\d.]+$/m,
  );
  expect(text).toMatch(/^# TYPE wirebench_load_rate gauge$/m);
  expect(await fetch(new URL('/', url)).then(({ status }) => status)).toBe(404);
  await bench.exited;
  await expect(fetch(url)).rejects.toThrow();
});

it('sends them to a collector, with the figures of the result at the end', async () => {
  const bodies: Buffer[] = [];
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/metrics') bodies.push(Buffer.concat(chunks));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const { stderr } = await new BenchProcess([...args(rig.newOut()), '--otlp', `http://127.0.0.1:${port}`]).exited;
  collector.close();
  expect(stderr).not.toContain('takes no metrics');
  const last = bodies.at(-1)?.toString('latin1') ?? '';
  for (const name of [
    'wirebench_latency_seconds',
    'wirebench_operations_total',
    'wirebench_threshold',
    'rest-calm-1',
  ]) {
    expect(last).toContain(name);
  }
});

it('plays on without a collector, and says once that it is not there', async () => {
  const out = rig.newOut();
  const { stderr } = await new BenchProcess([...args(out), '--otlp', `http://127.0.0.1:${await freePort()}`]).exited;
  expect(stderr.match(/takes no metrics/g)).toHaveLength(1);
  const { status, trials } = rig.read(out);
  expect([status, trials.length]).toEqual(['complete', 1]);
});

it('refuses a port that is none or taken, and an address that is none', async () => {
  const refused = async (...more: string[]) => new BenchProcess([...args(rig.newOut()), ...more]).exited;
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const all = await Promise.all([
    refused('--metrics-port', 'x'),
    refused('--metrics-port', String(port)),
    refused('--otlp', 'collector'),
  ]);
  taken.close();
  expect(all.map(({ code }) => code)).toEqual([2, 2, 2]);
});
