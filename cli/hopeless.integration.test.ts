/** Thresholds of single operations, and those that end a trial: what the run says of it, and how it ends. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('hopeless');
/** Whoever asks for an order is told that there is none; all else is fine. */
const server = createServer((request, response) => {
  response.statusCode = request.url === '/order' ? 404 : 200;
  response.end('{"why":"no such order"}');
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function run(weights: string, load: string, thresholds: string) {
  const { port } = server.address() as AddressInfo;
  const path = rig.write(
    `scenario-${port}-${thresholds.length}.yaml`,
    `name: hopeless
workload: { operations: { place: {}, getOrder: { weight: ${weights} } } }
load: { model: open, rate: 100/s, warmup: 100ms, threads: 1, ${load} }
targets:
  shop:
    protocol: rest
    via: direct
    address: http://127.0.0.1:${port}
    connections: 4
    requests: { place: { method: POST, path: /place }, getOrder: { method: GET, path: /order } }
thresholds: ${thresholds}
`,
  );
  const out = rig.newOut();
  const exit = await runBench(['run', path, '--yes', '--full', '--out', out]);
  return { ...exit, result: rig.read(out) };
}

describe.concurrent('an operation that always fails', () => {
  it('is named behind a threshold that passes for all, and fails its own', async () => {
    const { code, stdout, stderr, result } = await run(
      '0.1',
      'duration: 1500ms',
      '[ "all errorRatio < 50%", "shop getOrder errorRatio < 1%" ]',
    );
    expect(code, stderr).toBe(4);
    expect(result.thresholds.map(({ status }) => status)).toEqual(['pass', 'fail']);
    expect(stdout).toContain('getOrder never succeeded');
    const [sample] = result.trials[0]?.failures ?? [];
    expect(sample).toMatchObject({ operation: 'getOrder', reason: 'status 404', body: '{"why":"no such order"}' });
  }, 60_000);

  it('ends its trial early by stopAfter: a failed threshold counts before a trial that is none', async () => {
    const { code, stderr, result } = await run(
      '9',
      'duration: 40s',
      '[ { check: "all errorRatio < 10%", stopAfter: 1s } ]',
    );
    expect(code, stderr).toBe(4);
    const [trial] = result.trials;
    expect(trial?.stoppedByThreshold?.expression).toBe('all errorRatio < 10%');
    expect(trial?.stoppedByThreshold?.actual).toBeGreaterThan(0.5);
    expect(result.thresholds[0]?.status).toBe('fail');
    expect(trial?.phases.steady?.counts.offered).toBeLessThan(3_000);
  }, 60_000);
});
