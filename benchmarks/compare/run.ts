/**
 * `node benchmarks/compare/run.ts play <target> aa|planted|crowded [--blocks N] [--slower 11ms]`: plays two sides in turn
 * and keeps them under benchmarks/results/compare/. `crowded`: A/A with one core spun on.
 * `node benchmarks/compare/run.ts report [folder…]`: how often a comparison of eight pairs drawn from those is wrong, right, or tells nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunResult } from '../../result/result-types.ts';
import { comparisonRates, ratesTable } from './comparison-rates.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'benchmarks', 'results', 'compare');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    blocks: { type: 'string', default: '20' },
    slower: { type: 'string', default: '11.1ms' },
    seed: { type: 'string', default: '1' },
  },
});
const [verb, ...rest] = positionals;
if (verb === 'play') process.exitCode = await play(rest[0] ?? 'rest', rest[1] ?? 'aa');
else report(rest);

async function play(target: string, kind: string): Promise<number> {
  const setting = 'workload.service.workTime';
  const args = [
    ...['compare', '--interleave', values.blocks, 'benchmarks/scenarios/compare.yaml', '--yes', '--target', target],
    ...['--condition', 'calm', '--duration', '2s', '--set', 'load.warmup=800ms', '--seed', values.seed],
    ...['--a-set', `${setting}=10ms`, '--b-set', `${setting}=${kind === 'planted' ? values.slower : '10ms'}`],
    ...['--out', join(folder, `${target}-${kind}`)],
  ];
  const spinner = kind === 'crowded' ? spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }) : null;
  try {
    const bench = spawn(join(root, 'bench'), args, { cwd: root, stdio: 'inherit' });
    const [code] = await once(bench, 'exit');
    return typeof code === 'number' ? code : 1;
  } finally {
    spinner?.kill('SIGKILL');
  }
}

function report(named: readonly string[]): void {
  const folders = named.length > 0 ? named : readdirSync(folder).map((name) => join(folder, name));
  const rates = folders
    .filter((path) => existsSync(join(path, 'a', 'result.json')) && existsSync(join(path, 'b', 'result.json')))
    .map((path) => comparisonRates(path, readSide(path, 'a'), readSide(path, 'b')));
  process.stdout.write(ratesTable(rates));
}

function readSide(path: string, side: string): RunResult {
  return JSON.parse(readFileSync(join(path, side, 'result.json'), 'utf8')) as RunResult;
}
