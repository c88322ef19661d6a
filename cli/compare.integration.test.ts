import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ComparisonResult } from '../result/compare/comparison-result.ts';
import { freePort } from '../targets/process/free-port.ts';
import { allGone, BenchProcess, runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('compare');
const { folder } = rig;

const server = rig.write(
  'server.cjs',
  `const [port, waitMs] = process.argv.slice(2).map(Number);
  require('node:http').createServer((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.end('{}'), waitMs));
  }).listen(port, '127.0.0.1');`,
);

function scenario(port: number, name: string): string {
  return rig.write(
    `${name}.yaml`,
    `name: ${name}
workload: { seed: 7, operations: { ask: { weight: 1, pattern: request-reply } } }
load: { model: open, arrivals: constant, rate: 200/s, warmup: 200ms, duration: 1s }
targets:
  shop: { protocol: rest, address: "http://127.0.0.1:${port}", via: direct, requests: { ask: { method: GET, path: / } } }
conditions: { calm: [] }
`,
  );
}

function comparisonIn(out: string): ComparisonResult {
  return JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8'));
}

const start = (port: number, waitMs: number) => `exec "${process.execPath}" "${server}" ${port} ${waitMs}`;

describe('bench compare --interleave', () => {
  it('starts two versions of an own service in turn, pairs their blocks and leaves none of them', async () => {
    const port = await freePort();
    const out = join(folder, 'two-versions');
    const file = scenario(port, 'two-versions');
    const sides = ['--a-start', start(port, 5), '--b-start', start(port, 20)];
    const bench = new BenchProcess(['compare', '--interleave', '3', file, ...sides, '--metric', 'p50', '--out', out]);
    const { code, stdout, stderr } = await bench.exited;
    expect(code, stderr).toBe(0);
    const { rows, blocks, method } = comparisonIn(out);
    expect({ method, blocks: blocks.length, pairs: rows[0]?.pairs }).toEqual({
      method: 'interleaved',
      blocks: 3,
      pairs: 3,
    });
    expect(rows[0]?.ratio?.ratio).toBeGreaterThan(1.5);
    expect(stdout).toContain('what differs');
    expect(readFileSync(join(out, 'comparison.html'), 'utf8')).toMatch(/<circle[\s\S]*shop calm steady ask p50/);
    expect(await allGone(bench.descendants(/server\.cjs/))).toEqual([]);
    const stored = await runBench(['compare', join(out, 'a'), join(out, 'b'), '--format', 'json']);
    expect(JSON.parse(stored.stdout)).toMatchObject({ method: 'stored', kind: 'comparison' });
  });

  it('tells why a service did not start, and ends with 3 where no block had both', async () => {
    const port = await freePort();
    const file = scenario(port, 'no-start');
    const sides = ['--a-start', start(port, 1), '--b-start', 'echo no such version >&2; exit 9'];
    const { code, stderr } = await runBench([
      'compare',
      '--interleave',
      '3',
      file,
      ...sides,
      '--out',
      join(folder, 'no'),
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/did not start by `echo no such version.*exit code 9/);
    expect(stderr).toContain('no such version');
  });

  it('plays nothing against what listens there already, and says what to do', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    const sides = ['--a-start', start(port, 1), '--b-start', start(port, 1), '--out', join(folder, 'taken')];
    const { code, stderr } = await runBench(['compare', '--interleave', '3', scenario(port, 'taken'), ...sides]);
    other.close();
    expect(code).toBe(3);
    expect(stderr).toContain(`something else listens at 127.0.0.1:${port} already`);
    expect(stderr).toContain('another port');
  });

  it('compares what is paired when it is interrupted between blocks', async () => {
    const port = await freePort();
    const out = join(folder, 'interrupted');
    const sides = ['--a-start', start(port, 2), '--b-start', start(port, 2)];
    const args = ['compare', '--interleave', '9', scenario(port, 'interrupted'), ...sides, '--out', out];
    const bench = new BenchProcess(args);
    await bench.says(/B shop-calm-3[\s\S]*A shop-calm-3|A shop-calm-3[\s\S]*B shop-calm-3/);
    await bench.says(/shop-calm-4/);
    bench.child.kill('SIGINT');
    const { code } = await bench.exited;
    expect(code).toBe(130);
    expect(await allGone(bench.descendants(/server\.cjs/))).toEqual([]);
    const { status, rows } = comparisonIn(out);
    expect(status).toBe('interrupted');
    expect(rows[0]?.pairs).toBeGreaterThanOrEqual(3);
    expect(rows[0]?.pairs).toBeLessThan(9);
  });
});
