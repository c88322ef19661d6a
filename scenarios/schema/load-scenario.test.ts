import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario, requireScenario } from './load-scenario.ts';
import { formatProblem } from './problem.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirebench-load-'));
afterAll(() => rmSync(directory, { recursive: true }));

function problemsOf(name: string, content?: string | Uint8Array): string[] {
  const path = join(directory, name);
  if (content !== undefined) writeFileSync(path, content);
  const reading = loadScenario(path, { env: {} });
  return reading.ok ? [] : reading.problems.map((problem) => formatProblem(problem).replaceAll(`${directory}/`, ''));
}

describe('loadScenario', () => {
  it('says why a file cannot be read', () => {
    expect(problemsOf('.')).toEqual([expect.stringMatching(/:1:1: is a directory, not a scenario file$/)]);
    expect(problemsOf('bytes.yaml', Uint8Array.of(0x6e, 0xff, 0xfe))).toEqual(['bytes.yaml:1:1: is not UTF-8 text']);
    expect(problemsOf('large.yaml', '#'.repeat(300_000))).toEqual([
      'large.yaml:1:1: is larger than 256KiB; put large payloads into files of their own',
    ]);
    expect(problemsOf('lagre.yaml')).toEqual(['lagre.yaml:1:1: does not exist (did you mean large.yaml?)']);
    expect(problemsOf('large.yaml/x')).toEqual(['large.yaml/x:1:1: does not exist']);
    expect(problemsOf('empty.yaml', '')).toEqual([
      'empty.yaml:1:1: the file is empty; `bench init` writes a scenario to start from',
    ]);
  });

  it('does not wait for a pipe that nobody writes to', () => {
    execFileSync('mkfifo', [join(directory, 'pipe.yaml')]);
    expect(problemsOf('pipe.yaml')).toEqual(['pipe.yaml:1:1: is not a regular file']);
  });

  it('takes a payload file for the reference services only when it is text', () => {
    const withFile = (name: string) => `name: sample
workload:
  operations: { placeOrder: { pattern: one-way, payload: order } }
  payloads: { order: { file: ${name} } }
load: { model: open, rate: 10/s, duration: 1s }
targets: { rest: { protocol: rest } }
conditions: { calm: [] }
`;
    writeFileSync(join(directory, 'order.bin'), Uint8Array.of(0x7b, 0xff));
    writeFileSync(join(directory, 'order.json'), '{"text": "“quoted”"}\n');
    expect(problemsOf('binary.yaml', withFile('order.bin'))).toEqual([
      expect.stringMatching(/^binary\.yaml:4:30: .*"order\.bin" is no UTF-8 text/),
    ]);
    expect(problemsOf('json.yaml', withFile('order.json'))).toEqual([]);
  });

  it('throws all problems as one for the command line', () => {
    const path = join(directory, 'bad.yaml');
    writeFileSync(path, 'name: a\nnaem: b\n');
    expect(() => requireScenario(path)).toThrowError(expect.objectContaining({ code: 'scenario', exitCode: 2 }));
    expect(() => requireScenario(path)).toThrowError(/:2:1: naem: unknown key \(did you mean name\?\)/);
  });

  it('is at ease with a byte order mark and Windows line ends', () => {
    const shipped = readFileSync(join(import.meta.dirname, '..', 'order-flow.yaml'), 'utf8');
    expect(problemsOf('bom.yaml', `\ufeff${shipped.replaceAll('\n', '\r\n')}`)).toEqual([]);
  });
});

describe('the shipped scenarios', () => {
  const folder = join(import.meta.dirname, '..');
  const shipped = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  it('are several', () => expect(shipped).toEqual(expect.arrayContaining(['order-flow.yaml', 'own-system.yaml'])));

  it.each(shipped)('%s is valid, and editors find its schema', (name) => {
    const path = join(folder, name);
    const { scenario } = requireScenario(path, { env: {} });
    expect(scenario.name).toBe(name.replace('.yaml', ''));
    expect(readFileSync(path, 'utf8')).toMatch(/^# yaml-language-server: \$schema=schema\/scenario\.schema\.json\n/);
  });
});
