/**
 * `npm run scenarios [-- --short] [--resume] [name…]`: plays the shipped scenarios, or those named, one after the other, and
 * keeps what each came to in docs/record.md as soon as it has: the record can be played in parts. Own systems are left out:
 * nobody answers there. Exits 1 when one ended with anything but 0 or 5, 2 for a word that it does not know, 130 when it
 * was interrupted.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { closestName } from '../../result/closest-name.ts';
import { playScenario } from './play-scenario.ts';
import { recordPage } from './record-page.ts';
import { digestOf, isPlayed, readRecords, withRecord } from './scenario-record.ts';

const root = join(import.meta.dirname, '..', '..');
const scenarios = join(root, 'scenarios');
const kept = join(import.meta.dirname, 'record.json');
/** Invalid trials are the machine's doing, and are in the record. */
const accepted = [0, 5];

const usage = 'npm run scenarios -- [--short] [--resume] [name…]';
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort());
process.exitCode = await main();

/** null: words that are none of ours, which it has told. */
function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { short: { type: 'boolean', default: false }, resume: { type: 'boolean', default: false } },
    });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    return null;
  }
}

async function main(): Promise<number> {
  const read = readArguments();
  if (read === null) return 2;
  const { values, positionals } = read;
  const shipped = readdirSync(scenarios)
    .filter((file) => file.endsWith('.yaml') && file !== 'own-system.yaml')
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
  const unknown = positionals.find((name) => !shipped.includes(name));
  if (unknown !== undefined) {
    const meant = closestName(unknown, shipped);
    process.stderr.write(`no shipped scenario is called ${unknown}${meant ? `; did you mean ${meant}?` : ''}\n`);
    return 2;
  }
  const isShort = values.short;
  const named = positionals.length > 0 ? positionals : shipped;
  const isLeft = (name: string) =>
    !isPlayed(readRecords(kept), name, { digest: digestOf(join(scenarios, `${name}.yaml`)), isShort });
  const names = values.resume ? named.filter(isLeft) : named;
  let isGood = true;
  for (const [n, name] of names.entries()) {
    process.stderr.write(`${n + 1} of ${names.length}: ${name} …\n`);
    const record = await playScenario(name, { root, isShort, signal: interrupt.signal });
    if (record === null) return 130;
    const records = withRecord(readRecords(kept), record, shipped);
    writeFileSync(kept, `${JSON.stringify(records, null, 2)}\n`);
    writeFileSync(join(root, 'docs', 'record.md'), recordPage(records, shipped));
    isGood &&= accepted.includes(record.exitCode);
    process.stderr.write(`  exit ${record.exitCode} after ${record.seconds} s\n`);
  }
  return isGood ? 0 : 1;
}
