/** What `bench compare` makes of results that are broken, of another age, the same, unlike, or very many trials long. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { fixtureResult } from '../reports/fixtures/fixture-result.ts';
import { BenchError } from '../result/bench-error.ts';
import { comparedRun } from '../result/fixtures/compared-run.ts';
import { createParser } from './create-parser.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirebench-compare-input-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

let folders = 0;
function stored(text: string): string {
  const directory = join(folder, `result-${folders++}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'result.json'), text);
  return directory;
}

const result = fixtureResult();
const good = stored(JSON.stringify(result));
const other = stored(
  JSON.stringify({ ...result, run: { ...result.run, id: 'another', startedAt: '2026-02-03T04:05:06Z' } }),
);

async function compare(...args: string[]): Promise<{ stdout: string; error: BenchError | null }> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    stdout += String(piece);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    await createParser(['compare', ...args]).parseAsync();
    return { stdout, error: null };
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { stdout, error };
  }
}

describe('a result that is no use', () => {
  const text = JSON.stringify(result);
  it.each([
    ['cut off', text.slice(0, text.length / 2), /result\.json/],
    ['empty', '', /result\.json/],
    ['something else', '[]', /not a result of Wirebench/],
    ['edited by hand', text.replace('"trials":[', '"trials":[{"id":7},'), /not a result of Wirebench/],
    ['of a newer version', JSON.stringify({ ...result, schemaVersion: 99 }), /newer version/],
    ['of older meanings', JSON.stringify({ ...result, semanticsVersion: 1 }), /mean something else/],
    [
      'of before there were meanings',
      JSON.stringify({ ...result, semanticsVersion: undefined }),
      /mean something else/,
    ],
  ])('is refused with exit 2 when it is %s, on either side', async (_what, broken, message) => {
    for (const sides of [
      [stored(broken), good],
      [good, stored(broken)],
    ]) {
      const { error } = await compare(...sides);
      expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
      expect(error?.hint).not.toBeUndefined();
    }
  });

  it('is refused when it is not there, and when there is only one', async () => {
    expect((await compare(good, join(folder, 'nowhere'))).error).toMatchObject({ exitCode: 2 });
    expect((await compare(good)).error).toMatchObject({ exitCode: 2, message: expect.stringContaining('two results') });
  });
});

describe('two results', () => {
  it('that are one are the same, and it is said why', async () => {
    const { stdout, error } = await compare(good, good);
    expect(error).toBeNull();
    expect(stdout).toContain('the same run');
    expect(stdout).toMatch(/(\d+) figures compared: \1 same\./);
  });

  it('of which the base lacks a condition name it, and compare the rest', async () => {
    const [first] = result.trials;
    const without = { ...result, trials: result.trials.filter(({ condition }) => condition === first?.condition) };
    const { stdout, error } = await compare(stored(JSON.stringify(without)), other);
    expect(error).toBeNull();
    expect(stdout).toMatch(/only .* has it/);
  });

  it('without a trial in common pass no gate', async () => {
    const none = stored(JSON.stringify({ ...result, trials: [] }));
    const { error } = await compare(none, other, '--fail-on', 'p99 > +10%');
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('no valid trial in common') });
  });

  it('of a thousand trials each are compared', { timeout: 60_000 }, async () => {
    const [trial] = result.trials;
    const thousand = Array.from({ length: 1_000 }, (_, n) => ({ ...trial, id: `many-${n + 1}`, repeat: n + 1 }));
    const sides = ['one', 'two'].map((id) =>
      stored(JSON.stringify({ ...result, run: { ...result.run, id, trialsPlanned: 1_000 }, trials: thousand })),
    );
    const { stdout, error } = await compare(...sides);
    expect(error).toBeNull();
    expect(stdout.length).toBeGreaterThan(0);
  });
});

describe('--fail-on', () => {
  const side = (factor: number) => {
    const shapes = [1, 2, 3].map((repeat) => ({ repeat, p99: 4_000 * factor * (1 + repeat / 100) }));
    return stored(JSON.stringify(comparedRun(`factor ${factor}`, shapes)));
  };

  it.each([
    ['4 where the whole interval lies beyond the bound', 3, 4],
    ['5 where the bound lies within it', 1.2, 5],
    ['0 where it lies on the good side', 1 / 3, 0],
  ])('ends with %s', async (_name, factor, code) => {
    const { stdout, error } = await compare(side(1), side(factor), '--fail-on', 'p99 > +10%');
    expect(error).toBeNull();
    expect(process.exitCode, stdout).toBe(code);
  });

  it('goes by what is known: one gate that failed outranks one of which nobody can tell', async () => {
    const gates = ['--fail-on', 'p99 > +10%', '--fail-on', 'p99 > +200%'];
    await compare(side(1), side(3), ...gates);
    expect(process.exitCode).toBe(4);
  });
});
