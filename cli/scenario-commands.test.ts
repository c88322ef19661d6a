import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import yargs from 'yargs';
import { createParser } from './create-parser.ts';
import { initCommand } from './init.ts';
import { durationText, planCommand } from './plan.ts';
import { validateCommand } from './validate.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirebench-cli-'));
const shipped = join(import.meta.dirname, '..', 'scenarios');

afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: unknown;
}

/** The commands as main.ts has them, within this process. Rejects with what a command throws. */
async function bench(...args: string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += String(chunk);
      return true;
    });
  }
  const parser = yargs(args)
    .command(initCommand)
    .command(validateCommand)
    .command(planCommand)
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(message);
    });
  try {
    await parser.parseAsync();
    return { ...written, exitCode: process.exitCode };
  } finally {
    vi.restoreAllMocks();
  }
}

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

describe('bench validate', () => {
  it('says ok of the shipped scenarios, and what a run would take of others', async () => {
    const paths = ['order-flow.yaml', 'own-system.yaml'].map((name) => join(shipped, name));
    expect(await bench('validate', ...paths)).toEqual({
      stdout: `${paths[0]}: ok\n${paths[1]}: ok\n`,
      stderr: `${paths[1]}: jobs: takes messages from jobs; refused when it holds messages of others.\n`,
      exitCode: undefined,
    });
  });

  it('prints the problems of all files, and exits with 2', async () => {
    const bad = file('bad.yaml', 'name: a\nlaod: 1\n');
    const empty = file('empty.yaml', '');
    const { stdout, exitCode } = await bench('validate', bad, join(shipped, 'order-flow.yaml'), empty, directory);
    expect(exitCode).toBe(2);
    expect(stdout.split('\n')).toEqual([
      `${bad}:1:1: workload is missing`,
      `${bad}:1:1: load is missing`,
      `${bad}:1:1: targets is missing`,
      `${bad}:2:1: laod: unknown key (did you mean load?)`,
      `${join(shipped, 'order-flow.yaml')}: ok`,
      expect.stringMatching(/empty\.yaml:1:1: the file is empty/),
      `${directory}:1:1: is a directory, not a scenario file`,
      '',
    ]);
  });
});

describe('bench plan', () => {
  const orderFlow = join(shipped, 'order-flow.yaml');

  it('lists the trials in their order, and the time they take', async () => {
    const { stdout } = await bench('plan', orderFlow);
    expect(stdout).toContain('5 targets × 2 conditions × 3 repeats = 30 trials, about 7 min 30 s without set-up\n');
    expect(stdout.match(/^ +\d+ {2}[a-z]+-(slow-network|service-away)-[123] +15 s$/gm)).toHaveLength(30);
  });

  it('goes by the options, the file behind or before them', async () => {
    const options = [
      '--target',
      'rest',
      '--target',
      'queue',
      '--condition',
      'slow-network',
      '--repeats',
      '2',
      '--duration',
      '3s',
      '--set',
      'load.warmup=1s',
    ];
    for (const args of [
      [orderFlow, ...options],
      [...options, orderFlow],
    ]) {
      const { stdout, stderr } = await bench('plan', '--json', ...args);
      const plan = JSON.parse(stdout) as { totalMs: number; trials: { id: string }[]; notes: string[] };
      expect(plan.trials.map(({ id }) => id).sort()).toEqual([
        'queue-slow-network-1',
        'queue-slow-network-2',
        'rest-slow-network-1',
        'rest-slow-network-2',
      ]);
      expect(plan.totalMs).toBe(4 * 6_000);
      expect(stderr.split('\n')).toEqual([
        'The threshold "stream handOver errorRatio < 5%" is left out: nothing it speaks of is selected.',
        'The threshold "all call p90 < 500ms in service-away before" is left out: nothing it speaks of is selected.',
        'The primary figure is left out: it is measured in service-away.',
        '',
      ]);
      expect(plan.notes).toHaveLength(3);
    }
  });

  it.each([
    [['--target', 'rset'], /--target rset: the scenario has no such target/],
    [
      ['--set', 'targets.rest.conections=1'],
      /--set targets\.rest\.conections: unknown key \(did you mean connections\?\)/,
    ],
    [['--duration', '5'], /--duration: load\.duration: 5 needs a unit/],
    [['--repeats', 'many'], /--repeats: expected a number, not "many"/],
  ])('%j exits with 2', async (options, message) => {
    const failure = expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) });
    await expect(bench('plan', orderFlow, ...options)).rejects.toEqual(failure);
  });
});

describe('bench init', () => {
  it('writes a scenario that is valid, knows its schema, and is not overwritten', async () => {
    const path = join(directory, 'check out.yaml');
    const { stdout } = await bench('init', path);
    expect(stdout).toBe(`wrote ${path}; next: bench validate ${path}\n`);
    expect(await bench('validate', path)).toMatchObject({ stdout: `${path}: ok\n` });
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^name: check-out$/m);
    const schema = /\$schema=(\S+)/.exec(text)?.[1] ?? '';
    expect(JSON.parse(readFileSync(join(directory, schema), 'utf8'))).toMatchObject({ title: 'Wirebench scenario' });
    writeFileSync(path, 'mine');
    await expect(bench('init', path)).rejects.toEqual(expect.objectContaining({ exitCode: 2 }));
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('is valid with all that is commented out of it as well', async () => {
    const path = join(directory, 'all.yaml');
    await bench('init', path);
    const settings = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => !/^ *# (Your own|load: \{ model: closed)/.test(line))
      .map((line, index) => (index > 8 ? line.replace(/^( *)# /, '$1') : line))
      .filter((line) => !/^allowHosts/.test(line));
    writeFileSync(path, settings.join('\n'));
    expect(await bench('validate', path)).toMatchObject({ stdout: `${path}: ok\n` });
    expect(settings.join('\n')).toContain('\n  shop:\n');
  });

  it('writes one from what there is already, which takes its secrets from a file of the environment', async () => {
    const path = join(directory, 'curl.yaml');
    const command = "curl -H 'Authorization: Bearer x' http://127.0.0.1:1/orders";
    expect(await bench('init', '--from', command, path)).toMatchObject({
      stdout: `wrote ${path}; next: its TODOs, then bench validate ${path}\n`,
    });
    const envFile = file('secrets.env', '# a comment\nAUTHORIZATION="Bearer 123"\n');
    const before = process.env.AUTHORIZATION;
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await createParser(['validate', path, '--env-file', envFile]).parseAsync();
      expect(process.env.AUTHORIZATION).toBe('Bearer 123');
    } finally {
      vi.restoreAllMocks();
      if (before === undefined) delete process.env.AUTHORIZATION;
    }
    const gone = async () => createParser(['validate', path, '--env-file', join(directory, 'gone')]).parseAsync();
    await expect(gone()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('is not there') });
  });

  it('needs a folder that is there', async () => {
    const failure = expect.objectContaining({ exitCode: 2, message: expect.stringContaining('There is no folder') });
    await expect(bench('init', join(directory, 'no', 'x.yaml'))).rejects.toEqual(failure);
  });
});

it.each([
  [0, '0 s'],
  [250, '250 ms'],
  [1_500, '1.5 s'],
  [59_960, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [5_430_000, '1 h 30 min'],
])('%d ms is %s', (ms, text) => expect(durationText(ms)).toBe(text));
