import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArrivalFile } from './arrival-file.ts';
import { piecesOf, readNamedFile } from './named-file.ts';
import { parseScenario } from './schema/parse-scenario.ts';
import { formatProblem } from './schema/problem.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-named-'));
const huge = 2 ** 40;

beforeAll(() => {
  spawnSync('mkfifo', [join(folder, 'pipe')]);
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'huge'), '');
  truncateSync(join(folder, 'huge'), huge);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Where a scenario names a file. */
const places = {
  recording: (file: string) => ({ load: `load: { model: open, arrivals: { file: ${file} } }` }),
  payload: (file: string) => ({ payload: `{ file: ${file} }` }),
  proto: (file: string) => ({
    target: `{ protocol: grpc, address: "127.0.0.1:1", proto: ${file}, requests: { ping: { method: a.B/C } } }`,
  }),
} as const;

function problemsWith({ load, payload, target }: { load?: string; payload?: string; target?: string }): string[] {
  const text = [
    'name: files',
    `workload: { operations: { ping: { pattern: request-reply, payload: p } }, payloads: { p: ${payload ?? '{ size: 1B }'} } }`,
    load ?? 'load: { model: open, rate: 1/s }',
    `targets: { own: ${target ?? '{ protocol: rest, address: "http://127.0.0.1:1", requests: { ping: { method: GET, path: / } } }'} }`,
  ].join('\n');
  const reading = parseScenario(text, { path: join(folder, 'scenario.yaml') });
  return reading.ok ? [] : reading.problems.map(formatProblem);
}

describe.each(Object.entries(places))('a %s', (_name, place) => {
  it.each([
    ['/dev/zero', 'is not a regular file'],
    ['/dev/null', 'is not a regular file'],
    ['pipe', 'is not a regular file'],
    ['folder', 'is a directory'],
    ['huge', 'is larger than'],
    ['missing', 'does not exist'],
  ])('that is %s is refused with its place', (file, words) => {
    const problems = problemsWith(place(file));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/scenario\.yaml:[2-4]:\d+: /);
    expect(problems[0]).toContain(`"${file}" ${words}`);
  });
});

it('is never opened later either, whatever it has become since', () => {
  expect(() => readArrivalFile(join(folder, 'pipe'), 'ms')).toThrow('is not a regular file');
});

it('is read no further than it may be long, though it says that it is empty', () => {
  expect(() => readNamedFile('/proc/kallsyms', 1024)).toThrow('is larger than');
});

it('is read piece by piece', () => {
  writeFileSync(join(folder, 'long'), Buffer.alloc(200_000, 'x'));
  const lengths = [...piecesOf(join(folder, 'long'), huge)].map(({ length }) => length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(64 * 1024);
  expect(lengths.reduce((sum, length) => sum + length)).toBe(200_000);
});

it('gives the same arrivals wherever its pieces are cut', () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => `${n}.5;"é ü"`);
  for (const end of ['\n', '\r\n', '\r']) {
    writeFileSync(join(folder, 'arrivals'), rows.join(end));
    const offsets = readArrivalFile(join(folder, 'arrivals'), 'ms');
    expect(offsets).toHaveLength(20_000);
    expect(offsets[19_999]).toBe(19_999_000);
  }
});

it('is refused when one line has no end', () => {
  writeFileSync(join(folder, 'line'), Buffer.alloc(2 ** 21, '1'));
  expect(() => readArrivalFile(join(folder, 'line'), 'ms')).toThrow('line 1: is longer than 1MiB');
});
