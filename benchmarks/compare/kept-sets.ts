/** The sets of pairs that are kept in the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { KeptPair } from './kept-pairs.ts';

const folder = join(import.meta.dirname, 'pairs');
const ending = '.jsonl';

/** Named `<target>-<kind>`. */
export function keptSets(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => basename(name, ending))
    .sort();
}

export function pairsFile(set: string): string {
  return join(folder, `${set}${ending}`);
}

/** Empty: there is no such set yet. */
export function readPairs(set: string): KeptPair[] {
  if (!existsSync(pairsFile(set))) return [];
  const lines = readFileSync(pairsFile(set), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as KeptPair);
}
