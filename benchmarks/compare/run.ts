/**
 * `node benchmarks/compare/run.ts play <target> aa|planted|crowded [--blocks N] [--slower 11.1ms]`: plays two sides in turn and
 * adds their pairs to benchmarks/compare/pairs/; again and again, the set grows. `crowded`: A/A with one core spun on.
 * `node benchmarks/compare/run.ts report [set…]`: how often a comparison of eight pairs drawn from those is wrong, right, or tells nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunResult } from '../../result/result-types.ts';
import { comparisonRates, ratesTable } from './comparison-rates.ts';
import { type KeptPair, keptPairs } from './kept-pairs.ts';
import { keptSets, pairsFile, readPairs } from './kept-sets.ts';

const root = join(import.meta.dirname, '..', '..');
const setting = 'workload.service.workTime';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { blocks: { type: 'string', default: '20' }, slower: { type: 'string', default: '11.1ms' } },
});
const [verb, ...rest] = positionals;
if (verb === 'play') process.exitCode = await play(rest[0] ?? 'rest', rest[1] ?? 'aa');
else report(rest);

/** Each slice has a seed of its own: other arrivals, another order of the sides. */
async function play(target: string, kind: string): Promise<number> {
  const set = `${target}-${kind}`;
  const slice = Math.max(0, ...readPairs(set).map((pair) => pair.slice)) + 1;
  const out = join(root, 'benchmarks', 'results', 'compare', `${set}-${slice}`);
  rmSync(out, { recursive: true, force: true });
  const args = [
    ...['compare', '--interleave', values.blocks, 'benchmarks/scenarios/compare.yaml', '--yes', '--target', target],
    ...['--condition', 'calm', '--duration', '2s', '--set', 'load.warmup=800ms', '--seed', String(slice)],
    ...['--a-set', `${setting}=10ms`, '--b-set', `${setting}=${kind === 'planted' ? values.slower : '10ms'}`],
    ...['--out', out],
  ];
  const spinner = kind === 'crowded' ? spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }) : null;
  try {
    const bench = spawn(join(root, 'bench'), args, { cwd: root, stdio: 'inherit' });
    const [code] = await once(bench, 'exit');
    if (['a', 'b'].some((side) => !existsSync(join(out, side, 'result.json')))) return Number(code ?? 1);
    keep(set, keptPairs(readSide(out, 'a'), readSide(out, 'b'), slice));
    return 0;
  } finally {
    spinner?.kill('SIGKILL');
  }
}

function keep(set: string, pairs: readonly KeptPair[]): void {
  const file = pairsFile(set);
  mkdirSync(join(file, '..'), { recursive: true });
  appendFileSync(file, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  process.stderr.write(`${pairs.length} pairs more in ${file}\n`);
}

function report(named: readonly string[]): void {
  const sets = named.length > 0 ? named : keptSets();
  process.stdout.write(ratesTable(sets.map((set) => comparisonRates(set, readPairs(set)))));
}

function readSide(path: string, side: string): RunResult {
  return JSON.parse(readFileSync(join(path, side, 'result.json'), 'utf8')) as RunResult;
}
