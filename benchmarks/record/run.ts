/**
 * `npm run scenarios [-- --short] [name…]`: runs the shipped scenarios one after the other and writes docs/record.md.
 * Own systems are left out: nobody answers there. Exits 1 when one ended with anything but 0 or 5.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { answer } from '../../reports/answer/answer.ts';
import type { RunResult } from '../../result/result-types.ts';
import { loadScenario } from '../../scenarios/schema/load-scenario.ts';
import { overridesFrom } from '../../scenarios/schema/overrides.ts';
import { recordPage, type ScenarioRecord } from './record-page.ts';

const root = join(import.meta.dirname, '..', '..');
const scenarios = join(root, 'scenarios');
const page = join(root, 'docs', 'record.md');
const shortOverrides = { duration: '3s', repeats: '1' };
/** Invalid trials are the machine's doing, and are in the record. */
const accepted = [0, 5];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});
const work = mkdtempSync(join(os.tmpdir(), 'wirebench-record-'));
try {
  process.exitCode = await main(values.short, positionals);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function main(isShort: boolean, named: readonly string[]): Promise<number> {
  const startedAt = new Date().toISOString();
  const shipped = readdirSync(scenarios).filter((file) => file.endsWith('.yaml') && file !== 'own-system.yaml');
  const names = named.length > 0 ? named : shipped.map((file) => file.slice(0, -'.yaml'.length)).sort();
  const records: ScenarioRecord[] = [];
  let environment: RunResult['environment'] | null = null;
  for (const name of names) {
    const { record, result } = await play(name, isShort);
    environment ??= result?.environment ?? null;
    records.push(record);
    process.stderr.write(`${name}: exit ${record.exitCode} after ${Math.round(record.seconds)} s\n`);
    const text = recordPage({ startedAt, isShort, ...described(environment), records });
    if (named.length === 0) writeFileSync(page, text);
    else if (records.length === names.length) process.stdout.write(text); // of a few: the record is of all
  }
  return records.every(({ exitCode }) => accepted.includes(exitCode)) ? 0 : 1;
}

async function play(name: string, isShort: boolean): Promise<{ record: ScenarioRecord; result: RunResult | null }> {
  const path = join(scenarios, `${name}.yaml`);
  const out = join(work, name);
  const args = ['run', path, '--yes', '--out', out, ...(isShort ? shortened(path) : [])];
  const begunMs = performance.now();
  const bench = spawn(join(root, 'bench'), args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  bench.stderr.on('data', (piece: Buffer) => {
    said = (said + piece).slice(-4_000);
  });
  const [code] = await once(bench, 'close');
  const exitCode = typeof code === 'number' ? code : 1;
  const seconds = (performance.now() - begunMs) / 1e3;
  const file = join(out, 'result.json');
  if (!existsSync(file)) {
    const lastLine = said.trim().split('\n').at(-1) ?? '';
    return { record: { name, exitCode, seconds, verdicts: null, answer: lastLine }, result: null };
  }
  const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult;
  const verdicts = { valid: 0, suspect: 0, invalid: 0 };
  for (const { verdict } of result.trials) verdicts[verdict.status]++;
  return { record: { name, exitCode, seconds, verdicts, answer: answer(result).sentences[0] ?? '' }, result };
}

/** Not every scenario can be made short: a highest rate has to be sought, stages say themselves how long they take. */
function shortened(path: string): string[] {
  const isValid = loadScenario(path, { overrides: overridesFrom({ set: [], ...shortOverrides }) }).ok;
  const { duration, repeats } = shortOverrides;
  return [...(isValid ? ['--duration', duration] : []), '--repeats', repeats];
}

function described(environment: RunResult['environment'] | null): {
  versions: Record<string, string>;
  machine: string;
} {
  if (environment === null) return { versions: {}, machine: 'Nothing was measured' };
  const { versions, cores, cpu, node } = environment;
  return { versions: { node, ...versions }, machine: `${cores} cores, ${cpu}` };
}
