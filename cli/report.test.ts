import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fixtureResult } from '../reports/fixtures/fixture-result.ts';
import { BenchError } from '../result/bench-error.ts';
import { resultJsonSchemaPath } from '../result/schema/result-json-schema.ts';
import { readPrices } from './read-prices.ts';
import { readResult } from './read-result.ts';
import { parseFormats, writeReports } from './write-reports.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let folders = 0;
function stored(text: string): string {
  const directory = join(folder, `result-${folders++}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'result.json'), text);
  return directory;
}

function refused(act: () => unknown): BenchError {
  try {
    act();
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const text = JSON.stringify(fixtureResult());

function withExtra(extra: object): string {
  return JSON.stringify({ ...fixtureResult(), ...extra });
}

describe('readResult', () => {
  it('reads what a later version adds, and keeps it', () => {
    const later = JSON.parse(text.replaceAll('"ledger":{', '"ledger":{"later":[1],').replace('{', '{"added":{},'));
    expect(readResult(stored(JSON.stringify(later)))).toEqual(later);
  });

  it('accepts the fixture by the shipped JSON Schema, too', () => {
    const check = z.fromJSONSchema(JSON.parse(readFileSync(resultJsonSchemaPath, 'utf8')));
    expect(check.safeParse(JSON.parse(text)).error).toBeUndefined();
    expect(check.safeParse(JSON.parse(withExtra({ capacity: [{}] }))).success).toBe(false);
  });

  it('gives back what was stored, by its folder or its file', () => {
    const directory = stored(text);
    expect(readResult(directory)).toEqual(JSON.parse(text));
    expect(readResult(join(directory, 'result.json'))).toEqual(JSON.parse(text));
  });

  it.each([
    ['a folder that is not there', () => join(folder, 'nowhere'), /^There is no .*nowhere$/],
    ['a folder without a result', () => folder, /holds no result\.json$/],
    ['a truncated result', () => stored(text.slice(0, 5_000)), /is not whole JSON/],
    ['an empty file', () => stored(''), /is not whole JSON/],
    ['JSON that is something else', () => stored('[1, 2]'), /is not a result of Wirebench:\n {2}the file: /],
    ['null', () => stored('null'), /is not a result of Wirebench/],
    ['a newer version', () => stored('{"schemaVersion": 2}'), /is of a newer version \(2\)/],
    ['an older version', () => stored('{"schemaVersion": 0}'), /schemaVersion: /],
    ['text for a count', () => stored(text.replace('"ok":4500', '"ok":"4500"')), /trials\[0\]\.phases\.\w+\.\S*ok: /],
    ['a plan without its workload', () => stored(text.replace('"workload":', '"work":')), /plan\.workload: /],
    ['a search without its end', () => stored(withExtra({ capacity: [{}] })), /capacity\[0\]\.ended: /],
    ['a tuning that is none', () => stored(withExtra({ tuning: 'best' })), /tuning: /],
    [
      'a backlog of text',
      () => stored(text.replace('"verdict":', '"backlog":"7","verdict":')),
      /trials\[0\]\.backlog: /,
    ],
    ['a trial without a ledger', () => stored(text.replace('"ledger":', '"leger":')), /trials\[0\]\.ledger: /],
  ])('refuses %s and says what is wrong with it', (_name, path, message) => {
    const error = refused(() => readResult(path()));
    expect([error.exitCode, error.code]).toEqual([2, 'noResult']);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/\w/);
  });

  it('refuses figures that mean something else, and says to run it again', () => {
    const older = JSON.stringify({ ...JSON.parse(text), semanticsVersion: undefined });
    const error = refused(() => readResult(stored(older)));
    expect([error.exitCode, error.code]).toEqual([2, 'otherSemantics']);
    expect(error.hint).toMatch(/^Run the scenario again/);
  });

  it('names the first few problems, not hundreds', () => {
    const error = refused(() => readResult(stored(text.replaceAll('"attempts":', '"tries":'))));
    expect(error.message.split('\n').length).toBeLessThan(10);
    expect(error.message).toMatch(/and \d+ more$/);
  });
});

describe('writeReports', () => {
  it('writes each format to its file and leaves nothing else behind', () => {
    const directory = join(folder, 'new', 'deeper');
    const formats = parseFormats('terminal, json,html,hlog,csv,markdown,json');
    expect(writeReports(fixtureResult(), directory, formats)).toHaveLength(5);
    expect(readdirSync(directory).sort()).toEqual([
      'histograms.hlog',
      'report.html',
      'report.md',
      'result.json',
      'summary.csv',
    ]);
    expect(readResult(directory)).toEqual(JSON.parse(text));
  });

  it('refuses a folder that cannot be one, with exit 2', () => {
    const error = refused(() => writeReports(fixtureResult(), '/dev/null/x', ['csv']));
    expect([error.exitCode, error.code]).toEqual([2, 'reportNotWritten']);
    expect(error.hint).toMatch(/--out/);
  });

  it('keeps the old report when the new one cannot be written', () => {
    const directory = stored(text);
    writeFileSync(join(directory, 'summary.csv'), 'old');
    // A folder in the place of the temporary file makes the write fail, for root, too.
    mkdirSync(join(directory, `summary.csv.${process.pid}.tmp`));
    expect(refused(() => writeReports(fixtureResult(), directory, ['csv'])).exitCode).toBe(2);
    expect(readFileSync(join(directory, 'summary.csv'), 'utf8')).toBe('old');
  });
});

describe('parseFormats', () => {
  it('suggests the format that was meant, and wants one at all', () => {
    expect(refused(() => parseFormats('html,markdwn')).hint).toMatch(/^Did you mean markdown\?/);
    expect(refused(() => parseFormats(' , ')).exitCode).toBe(2);
  });
});

describe('bench report', { timeout: 60_000 }, () => {
  const main = join(import.meta.dirname, 'main.ts');
  const bench = (...args: string[]) =>
    spawnSync(process.execPath, [main, 'report', ...args], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });

  it('prints the comparison to stdout, writes the files and leaves the result as it is', () => {
    const directory = stored(text);
    const { status, stdout, stderr } = bench(directory, '--format', 'terminal,json,html');
    expect([status, stdout.split('\n')[0]]).toEqual([0, fixtureResult().plan.question]);
    expect(stderr).toBe(`Written: ${join(directory, 'report.html')}\n`);
    expect(readFileSync(join(directory, 'result.json'), 'utf8')).toBe(text);
    expect(stdout).not.toContain('\u001b');
  });

  it('ends with 2 and no stack trace for what is no result', () => {
    const { status, stdout, stderr } = bench(stored('{'));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^bench: .*is not whole JSON/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('readPrices', () => {
  const file = (content: string) => {
    const path = join(folder, `prices-${folders++}.yaml`);
    writeFileSync(path, content);
    return path;
  };

  it('reads what the reader pays, and refuses what is no price', () => {
    expect(readPrices(file('{ currency: EUR, coreHour: 0.04 }'))).toEqual({ currency: 'EUR', coreHour: 0.04 });
    expect(refused(() => readPrices(file('{ currency: EUR, coreHuor: 1 }')))).toMatchObject({ exitCode: 2 });
    expect(refused(() => readPrices(file('{ currency: EUR, coreHour: -1 }'))).message).toMatch(/coreHour/);
    expect(refused(() => readPrices(join(folder, 'none.yaml'))).exitCode).toBe(2);
  });
});
