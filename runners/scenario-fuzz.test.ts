/** Every shipped scenario, changed at random places: what is read is planned, what is not is told with its place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BenchError } from '../result/bench-error.ts';
import { parseScenario, type ScenarioReading } from '../scenarios/schema/parse-scenario.ts';
import { planTrials } from './plan-trials.ts';

const folder = join(import.meta.dirname, '..', 'scenarios');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const mutationsOfEach = 120;
const seed = 12;

const odd = [
  ...[
    'constructor',
    '__proto__',
    'toString',
    'null',
    '~',
    '""',
    '[]',
    '{}',
    'true',
    '-1',
    '0',
    '1e999',
    '.nan',
    '0x10',
  ],
  ...[
    '9007199254740993',
    '1ms',
    '24h',
    '0s',
    '100%',
    '1000000/s',
    '*a',
    '&a',
    '<<',
    '!!binary x',
    '{{',
    '}}',
    '${',
    '$' + '{X}',
  ],
  ...['\u001b[31m', '\u202e', '\ufeff', "'", '"', '|', '>', '- ', ': ', '#', '\t', '\r', '\u0000', '漢'],
];

/** mulberry32: the same draws on every machine. */
function randomFrom(start: number): (most: number) => number {
  let state = start;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * most);
  };
}

type Mutation = (lines: string[], random: (most: number) => number) => void;

const mutations: readonly Mutation[] = [
  (lines, random) => void lines.splice(random(lines.length), 1 + random(3)),
  (lines, random) => void lines.splice(random(lines.length), 0, lines[random(lines.length)] ?? ''),
  (lines, random) => change(lines, random, (line) => `${' '.repeat(1 + random(3))}${line}`),
  (lines, random) => change(lines, random, (line) => line.replace(/^ {1,2}/, '')),
  (lines, random) => change(lines, random, (line) => replaceWord(line, random, odd[random(odd.length)] ?? '')),
  (lines, random) => {
    const words = (lines[random(lines.length)] ?? '').match(/[\w./%]+/g) ?? [''];
    change(lines, random, (line) => replaceWord(line, random, words[random(words.length)] ?? ''));
  },
  (lines, random) => {
    change(lines, random, (line) => {
      const at = random(line.length + 1);
      return `${line.slice(0, at)}${odd[random(odd.length)] ?? ''}${line.slice(at + random(3))}`;
    });
  },
];

function change(lines: string[], random: (most: number) => number, how: (line: string) => string): void {
  const at = random(lines.length);
  lines[at] = how(lines[at] ?? '');
}

function replaceWord(line: string, random: (most: number) => number, by: string): string {
  const words = [...line.matchAll(/[\w./%-]+/g)];
  const word = words[random(words.length)];
  return word === undefined ? by : `${line.slice(0, word.index)}${by}${line.slice(word.index + word[0].length)}`;
}

function mutated(text: string, random: (most: number) => number): string {
  const lines = text.split('\n');
  for (let n = 1 + random(3); n > 0; n--) mutations[random(mutations.length)]?.(lines, random);
  return lines.join('\n');
}

function read(text: string): ScenarioReading {
  return parseScenario(text, { path: join(folder, 'mutated.yaml'), env: {}, cores: 2 });
}

/** What is wrong with how this text was dealt with; null: nothing. */
function troubleWith(text: string): string | null {
  try {
    const reading = read(text);
    if (!reading.ok) {
      const placeless = reading.problems.find(({ line, column, message }) => line < 1 || column < 1 || message === '');
      if (reading.problems.length === 0) return 'refused without a problem';
      return placeless === undefined ? null : `without a place: ${JSON.stringify(placeless)}`;
    }
    const trials = planTrials(reading.scenario);
    if (trials.length === 0) return 'accepted with nothing to run';
    if (trials.some(({ plannedMs }) => !Number.isFinite(plannedMs))) return 'accepted with no end';
    const again = read(reading.text);
    return again.ok ? null : `its own text is refused: ${JSON.stringify(again.problems[0])}`;
  } catch (error) {
    return error instanceof BenchError ? null : `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
}

describe('a changed scenario', () => {
  it.each(files)('%s is planned, or refused with places', { timeout: 60_000 }, (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const random = randomFrom(seed + file.length);
    for (let n = 0; n < mutationsOfEach; n++) {
      const changed = mutated(text, random);
      expect(troubleWith(changed), `mutation ${n} of ${file}:\n${changed}`).toBeNull();
    }
  });
});
