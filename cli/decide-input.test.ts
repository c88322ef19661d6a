/** What `bench decide` makes of results that are broken, of another age, given twice; and how it ends. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { fixtureResult } from '../reports/fixtures/fixture-result.ts';
import { BenchError } from '../result/bench-error.ts';
import { comparedRun } from '../result/fixtures/compared-run.ts';
import { decisionSchema } from '../result/schema/decision-schema.ts';
import { createParser } from './create-parser.ts';
import { shippedQuestions } from './shipped-questions.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirebench-decide-input-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

let folders = 0;
function stored(result: unknown): string {
  const directory = join(folder, `result-${folders++}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'result.json'), typeof result === 'string' ? result : JSON.stringify(result));
  return directory;
}

async function decide(...args: string[]): Promise<{ stdout: string; error: BenchError | null }> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    stdout += String(piece);
    return true;
  });
  try {
    await createParser(['decide', ...args]).parseAsync();
    return { stdout, error: null };
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { stdout, error };
  }
}

const result = fixtureResult();
const whole = stored(result);
const run = comparedRun(
  'one',
  [1, 2, 3].map((repeat) => ({ repeat, p99: 4_000 + repeat })),
);
const calm = stored(run);

describe('bench decide refuses with exit 2 and what to do', () => {
  it.each([
    ['a result that is cut off', JSON.stringify(result).slice(0, 400), /not whole JSON/],
    ['something else', '[]', /not a result of Wirebench/],
    ['a result that was edited by hand', { ...result, trials: [{ id: 7 }] }, /not a result of Wirebench/],
    ['a result of a newer version', { ...result, schemaVersion: 99 }, /newer version/],
    ['a result of other meanings', { ...result, semanticsVersion: 1 }, /mean something else/],
  ])('%s', async (_what, text, message) => {
    const { error } = await decide(whole, stored(text), '--lose', 'nothing');
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
    expect(error?.hint).toMatch(/\w/);
  });

  it('no result, nothing that matters, a mistyped part, a target that is not there', async () => {
    expect((await decide('--lose', 'nothing')).error).toMatchObject({ exitCode: 2 });
    expect((await decide(join(folder, 'nowhere'), '--lose', 'nothing')).error?.message).toContain('There is no');
    expect((await decide(whole)).error).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('what matters'),
    });
    expect((await decide(whole, '--survive', 'srvice')).error?.hint).toContain('Did you mean service?');
    expect((await decide(whole, '--target', 'soap', '--lose', 'nothing')).error?.hint).toContain('There are rest');
  });
});

describe('bench decide', () => {
  it('takes as survivable whatever shipped scenarios take away', async () => {
    const known = ['service', 'broker', 'network', 'payment', 'gateway', 'service-2'];
    expect(shippedQuestions().flatMap(({ away }) => away)).toEqual(expect.arrayContaining(known));
    expect((await decide(calm, '--survive', known.join())).error).toBeNull();
  });

  it.each([
    ['0 where a target meets all of it', ['--latency', '100ms'], 0],
    ['4 where each misses', ['--latency', '1ms'], 4],
    ['5 where something is open', ['--latency', '100ms', '--lose', 'nothing'], 5],
  ])('ends with %s', async (_what, wanted, code) => {
    const { stdout, error } = await decide(calm, ...wanted);
    expect(error).toBeNull();
    expect(process.exitCode, stdout).toBe(code);
  });

  it('says by what a target misses, and which scenario would ask what was never asked', async () => {
    const { stdout } = await decide(calm, '--latency', '1ms', '--survive', 'service');
    expect(stdout).toMatch(/rest \(replied\) – p99 ≤ 1ms: 4\.00 ms \(95 %: [\d.]+ ms to [\d.]+ ms\), 3 repeats \[shop/);
    expect(stdout).toMatch(
      /survives service: service was never away\. Would ask: bench run\s+scenarios\/order-flow\.yaml/,
    );
  });

  it('reads the figures of a whole run, in every format', async () => {
    const wanted = ['--latency', '100ms', '--survive', 'service,broker', '--lose', 'nothing', '--order', 'per-key'];
    const { stdout } = await decide(whole, ...wanted, '--stale', '1s', '--format', 'json');
    const decision = decisionSchema.parse(JSON.parse(stdout));
    expect(decision.groups.length).toBeGreaterThan(1);
    const path = join(folder, 'decision.md');
    const { stdout: screen } = await decide(whole, ...wanted, '--format', `terminal,markdown=${path}`);
    expect(screen).toContain('MISSES');
    expect(readFileSync(path, 'utf8')).toMatch(/^# Wanted: p99 ≤ 100ms[\s\S]*^\| rest \|/m);
  });
});
