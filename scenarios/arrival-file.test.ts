import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ArrivalTimeUnit, profileArrivals, readArrivalFile } from './arrival-file.ts';
import { parseScenario } from './schema/parse-scenario.ts';
import { formatProblem } from './schema/problem.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-arrivals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string, unit: ArrivalTimeUnit = 'ms'): number[] {
  const path = join(folder, 'arrivals.csv');
  writeFileSync(path, text);
  return [...readArrivalFile(path, unit)];
}

describe('a file of recorded arrivals', () => {
  it('holds a time a line, from any origin; header, comments, further columns and line ends do not matter', () => {
    expect(read('time;path\r\n100;/a\r\n# pause\r\n\r\n100.5;/b\r\n250;/c')).toEqual([0, 500, 150_000]);
    expect(read('1764000000.25\n1764000001\n', 's')).toEqual([0, 750_000]);
    expect(read('7\n9\n', 'us')).toEqual([0, 2]);
  });

  it.each([
    ['comments and empty lines before the header', '# of the edge\n\nat,path\n5,/\n6,/\n', [0, 1_000]],
    ['quoted columns with a header', '"at","path"\n"5","/a ""b"""\n" 6 ","/"\n', [0, 1_000]],
    ['quoted columns without a header', '"5","/"\n"6","/"\n', [0, 1_000]],
    ['a quoted column that holds separators and line ends', '5,"a,b\n9,c"\n6,"d"\n', [0, 1_000]],
    ['a quote within a column that does not begin with one', '5,12" wide\n6,x\n', [0, 1_000]],
    ['lines that end in CR alone', 'at\r5\r6\r', [0, 1_000]],
    ['a byte order mark', '\ufeff5\n6\n', [0, 1_000]],
    ['exponents and signs', '-1e0\n+.5\n1.\n', [0, 1_500, 2_000]],
  ])('is read with %s', (_what, text, offsetsUs) => {
    expect(read(text)).toEqual(offsetsUs);
  });

  it('is refused when it is no UTF-8', () => {
    const path = join(folder, 'wide.csv');
    writeFileSync(path, '\ufeff0\n1\n', 'utf16le');
    expect(() => readArrivalFile(path, 'ms')).toThrow('it is no UTF-8 text');
  });

  it.each([
    ['1\n0x10\n', 'line 2: "0x10" is no time'],
    ['0x10\n20\n', 'line 1: "0x10" is no time'],
    ['1\nInfinity\n', 'line 2: "Infinity" is no time'],
    ['1,"a\n2,b\n3\n', 'line 1: the quote that opens there is never closed'],
    ['1\n2\nthree\n', 'line 3: "three" is no time'],
    ['1\n3\n2\n', 'line 3: 2 is before 3, the one above it; sort the file'],
    ['time\n', 'it has no arrivals'],
    ['time\nvalue\n1\n', 'line 2: "value" is no time'],
  ])('is refused with the line that is wrong: %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('tells its length, mean and fullest second', () => {
    const offsetsUs = Float64Array.of(0, 900_000, 950_000, 1_850_000, 1_899_000, 1_899_500, 3_999_000);
    expect(profileArrivals(offsetsUs)).toEqual({ count: 7, durationMs: 4_000, meanPerSecond: 7 / 4, peakPerSecond: 5 });
  });
});

describe('a scenario with recorded arrivals', () => {
  const scenario = (load: string) =>
    parseScenario(
      `name: recorded\nworkload: { operations: { getOrder: { weight: 1 } } }\nload: { model: open, ${load} }\ntargets: { rest: { protocol: rest } }\n`,
      { path: join(folder, 's.yaml'), env: {} },
    );

  it('takes length and rates from the file', () => {
    read('0\n100\n200\n1999\n');
    const reading = scenario('arrivals: { file: arrivals.csv }');
    expect(reading.ok && reading.scenario.load).toMatchObject({
      arrivals: 'recorded',
      recording: { path: join(folder, 'arrivals.csv'), unit: 'ms' },
      durationMs: 2_000,
      ratePerSecond: 3,
      stages: [{ forMs: 2_000, fromPerSecond: 2, toPerSecond: 2 }],
    });
  });

  it('has all that is wrong with it told', () => {
    expect(() => read('5\n4\n')).toThrow();
    const reading = scenario('arrivals: { file: arrivals.csv }, rate: 3/s, duration: 4s');
    expect(reading.ok ? [] : reading.problems.map((problem) => formatProblem({ ...problem, file: 's' }))).toEqual([
      's:3:40: load.arrivals.file: "arrivals.csv": line 2: 4 is before 5, the one above it; sort the file',
      's:3:62: load.rate: recorded arrivals say it themselves; leave it out, or the recording',
      's:3:77: load.duration: recorded arrivals say it themselves; leave it out, or the recording',
    ]);
  });
});
