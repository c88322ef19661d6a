/** Own services that fail between and within the blocks of a comparison. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ComparisonResult } from '../result/compare/comparison-result.ts';
import { freePort } from '../targets/process/free-port.ts';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('compare-long');
const { folder } = rig;

const server = rig.write(
  'server.cjs',
  `const [port, endsAfter] = process.argv.slice(2).map(Number);
  let left = endsAfter;
  require('node:http').createServer((request, response) => {
    if (left-- === 0) process.exit(7);
    request.resume().on('end', () => response.end('{}'));
  }).listen(port, '127.0.0.1');`,
);
const start = (port: number, endsAfter = -1) => `exec "${process.execPath}" "${server}" ${port} ${endsAfter}`;

function scenario(port: number, name: string): string {
  return rig.write(
    `${name}.yaml`,
    `name: ${name}
workload: { operations: { ask: { pattern: request-reply } } }
load: { model: open, rate: 100/s, warmup: 100ms, duration: 600ms }
targets:
  shop: { protocol: rest, address: "http://127.0.0.1:${port}", via: direct, requests: { ask: { method: GET, path: / } } }
conditions: { calm: [] }
`,
  );
}

function comparisonIn(out: string): ComparisonResult {
  return JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8'));
}

describe('bench compare --interleave', () => {
  it('compares the blocks that were whole when a service starts no more, and ends with 3', async () => {
    const [port, out, starts] = [await freePort(), join(folder, 'no-more'), join(folder, 'starts')];
    const atMost3 = `echo >> "${starts}"; [ $(wc -l < "${starts}") -le 3 ] || exit 9; ${start(port)}`;
    const sides = ['--a-start', start(port), '--b-start', atMost3, '--out', out, '--metric', 'p50'];
    const { code, stdout, stderr } = await runBench([
      'compare',
      '--interleave',
      '8',
      scenario(port, 'no-more'),
      ...sides,
    ]);
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('block 4 is left out');
    expect(stderr).toContain('exit code 9');
    const { blocks, rows, sides: both } = comparisonIn(out);
    expect(blocks).toHaveLength(5);
    expect(both.map(({ trials }) => trials).sort()).toEqual([3, expect.any(Number)]);
    expect(rows).toHaveLength(1);
    expect(stdout).toContain('shop calm steady ask p50');
  });

  it('says that a service ended within its trial, whose operations count as failed', async () => {
    const [port, out] = [await freePort(), join(folder, 'ended')];
    const sides = ['--a-start', start(port), '--b-start', start(port, 40), '--out', out, '--metric', 'errorRatio'];
    const { stderr } = await runBench(['compare', '--interleave', '3', scenario(port, 'ended'), ...sides]);
    expect(stderr).toContain('the service of B ended by itself (exit code 7)');
    const failed = comparisonIn(out).counts.find(({ what }) => what === 'failed');
    expect(failed?.base).toBe(0);
    expect(failed?.other).toBeGreaterThan(0);
  });

  it('refuses different loads with the list, and says so where it is forced', async () => {
    const port = await freePort();
    const file = scenario(port, 'loads');
    const out = join(folder, 'loads');
    const args = ['--a-set', 'load.rate=100/s', '--b-set', 'load.rate=50/s', '--out', out];
    const sides = ['--a-start', start(port), '--b-start', start(port)];
    const refused = await runBench(['compare', '--interleave', '3', file, ...args, ...sides]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('load.ratePerSecond: 100 → 50');
    const forced = await runBench(['compare', '--interleave', '3', file, ...args, ...sides, '--force']);
    expect(forced.code, forced.stderr).toBe(0);
    expect((await runBench(['compare', join(out, 'a'), join(out, 'b')])).code).toBe(2);
    expect(forced.stdout).toMatch(/^FORCED: .*load\.ratePerSecond/);
  });
});
