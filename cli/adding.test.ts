/** What docs/adding.md says is all that it takes: its examples are added to a copy of the repository, compiled and played. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../result/result-types.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const rooms = ['result', 'scenarios', 'targets', 'runners', 'reports', 'cli'];
/** What stands outside them and belongs to something that may be added. */
const beside = ['docker-compose.yml'];
const generated = 'scenarios/schema/scenario.schema.json';

interface Step {
  readonly path: string;
  readonly how: 'new' | 'after' | 'before' | 'instead of';
  readonly anchor: string;
  readonly text: string;
}

const guide = readFileSync(join(root, 'docs', 'adding.md'), 'utf8');

function stepsOf(heading: string): Step[] {
  const section = guide.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const places = /^(?:New `([^`]+)`|In `([^`]+)`, (after|before|instead of) `([^`]+)`):\n\n```\w+\n(.*?)^```$/gms;
  return [...section.matchAll(places)].map(([, created, changed, how, anchor = '', text = '']) => ({
    path: created ?? changed ?? '',
    how: (how ?? 'new') as Step['how'],
    anchor,
    text,
  }));
}

let copy = '';

/** A copy without anything added: the one that is there, with what was added taken back. */
async function fresh(): Promise<void> {
  for (const path of changedFiles()) {
    await rm(join(copy, path));
    if (existsSync(join(root, path))) cpSync(join(root, path), join(copy, path));
  }
}

function copyRepository(): void {
  for (const entry of [...rooms, ...beside, 'package.json', 'tsconfig.json']) {
    cpSync(join(root, entry), join(copy, entry), { recursive: true });
  }
  mkdirSync(join(copy, 'docs')); // for the page of keys, which is generated too
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

function take({ path, how, anchor, text }: Step): void {
  const file = join(copy, path);
  if (how === 'new') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = lines.indexOf(anchor);
  if (at === -1) throw new Error(`${path} has no line ${anchor}`);
  lines.splice(how === 'after' ? at + 1 : at, how === 'instead of' ? 1 : 0, text.trimEnd());
  writeFileSync(file, lines.join('\n'));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
}

/** Files that are not as they were, and those that are new. */
function changedFiles(): string[] {
  const isSame = (path: string) =>
    existsSync(join(root, path)) && readFileSync(join(root, path)).equals(readFileSync(join(copy, path)));
  const all = [...rooms.flatMap((room) => filesIn(join(copy, room)).map((path) => join(room, path))), ...beside];
  return all.filter((path) => !isSame(path)).sort();
}

/** Files that the compiler complains of. */
async function brokenFiles(): Promise<string[]> {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const text = await run(tsc, ['--noEmit', '--pretty', 'false'], { cwd: copy }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
  return [...new Set([...text.matchAll(/^([^\s(][^(\n]*)\(\d+,\d+\): error/gm)].map(([, path = '']) => path))].sort();
}

function node(...args: string[]) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  return run(existsSync(pinned) ? pinned : process.execPath, args, { cwd: copy });
}

beforeAll(async () => {
  copy = await mkdtemp(join(os.tmpdir(), 'wirebench-adding-'));
  copyRepository();
}, 60_000);
afterAll(() => rm(copy, { recursive: true, force: true }));

const kinds = [
  { heading: 'A fault', most: 5 },
  { heading: 'An operation of the reference services', most: 3 },
  { heading: 'A pattern', most: 1 },
  { heading: 'A report format', most: 2 },
  { heading: 'A broker', most: 4 },
  { heading: 'A protocol', most: 10 },
];
const headings = kinds.map(({ heading }) => heading);

describe.each(kinds)('$heading', ({ heading, most }) => {
  it(`is added in ${most} files`, async () => {
    await fresh();
    const steps = stepsOf(heading);
    for (const step of steps) take(step);
    const files = changedFiles();
    expect(files).toEqual([...new Set(steps.map(({ path }) => path))].sort());
    expect(files).toHaveLength(most);
  });
});

it('a pattern that is not all there does not compile in its own file, receivers not where they are counted; all else does', async () => {
  await fresh();
  const [name] = stepsOf('A pattern');
  if (name !== undefined) take(name);
  take({
    path: 'result/patterns.ts',
    how: 'instead of',
    anchor: "export type Receivers = 'one' | 'subscribers';",
    text: "export type Receivers = 'one' | 'subscribers' | 'some';",
  });
  // Both in one go, as a compilation takes seconds: each breaks a file of its own.
  expect(await brokenFiles()).toEqual(['result/patterns.ts', 'runners/recording/ledger.ts']);
}, 120_000);

const rabbitmqScenario = `name: behind
workload: { operations: { placeOrder: {} } }
load: { model: open, rate: 1/s }
targets: { queue: { protocol: queue, broker: BROKER } }
`;

it('what was added compiles and is played: the fault acts, the protocol carries, the operation is done, the report is written', async () => {
  await fresh();
  for (const heading of headings) stepsOf(heading).forEach(take);
  expect(await brokenFiles()).toEqual([]);
  await node('scenarios/schema/write-json-schema.ts');
  expect(changedFiles()).toContain(generated);
  writeFileSync(
    join(copy, 'toys.yaml'),
    `name: toys
workload: { operations: { touchOrder: {}, placed: { does: placeOrder, pattern: tell } } }
load: { model: open, rate: 100/s, warmup: 300ms, duration: 2s }
targets:
  rest: { protocol: rest, via: direct }
  grpc: { protocol: grpc, via: direct }
  lines: { protocol: lines, via: direct }
conditions:
  hiccup: [ { at: 500ms, for: 1s, fault: hiccup, pause: 100ms } ]
`,
  );
  const behind = join(copy, 'behind.yaml');
  writeFileSync(behind, rabbitmqScenario.replace('BROKER', 'lavinmq'));
  expect((await node('cli/main.ts', 'validate', behind)).stdout).toContain('ok');
  writeFileSync(behind, rabbitmqScenario.replace('BROKER', 'lavin'));
  await expect(node('cli/main.ts', 'validate', behind)).rejects.toMatchObject({
    stdout: expect.stringContaining('"lavin" is not one of rabbitmq, lavinmq'),
  });
  expect((await node('cli/main.ts', 'run', '--help')).stdout).toContain('--lavinmq');
  const out = join(copy, 'result-of-toys');
  await node('cli/main.ts', 'run', 'toys.yaml', '--stack', 'native', '--out', out, '--format', 'json,oneLine').catch(
    ({ stderr, code }: { stderr: string; code: number }) => {
      if (!existsSync(join(out, 'result.json'))) throw new Error(`exit code ${code}: ${stderr}`);
    },
  );
  const { trials } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult;
  expect(trials.map(({ target }) => target).sort()).toEqual(['grpc', 'lines', 'rest']);
  for (const { faults, ledger, phases } of trials) {
    expect(faults).toMatchObject([{ fault: 'hiccup', settings: { pauseMs: 100 }, proof: { stoodStillMs: 100 } }]);
    expect(ledger).toMatchObject({ lost: 0, duplicatesApplied: 0, unknown: 0 });
    const { touchOrder, placed } = phases.before?.operations ?? {};
    expect(touchOrder).toMatchObject({ completion: 'replied' });
    expect(touchOrder?.counts.ok).toBeGreaterThan(0);
    expect(placed).toMatchObject({ pattern: 'tell', completion: 'acknowledged' });
    expect(placed?.latencyUs.delivered.count).toBe(placed?.counts.offered);
  }
  expect(readFileSync(join(out, 'line.txt'), 'utf8')).toBe('3 trials\n');
}, 180_000);
