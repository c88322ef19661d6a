import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseScenario } from './parse-scenario.ts';
import { formatProblem } from './problem.ts';

const head = `name: merged
workload: { operations: { ping: {} } }
load: { model: open, rate: 10/s, duration: 1s }
`;
const base =
  '{ protocol: rest, address: "http://127.0.0.1:8080", via: direct, requests: { ping: { method: GET, path: / } } }';

function read(text: string, overrides: Parameters<typeof parseScenario>[1]['overrides'] = []) {
  const reading = parseScenario(`${head}${text}`, { path: 'merged.yaml', env: {}, cores: 2, overrides });
  return reading.ok ? reading.scenario : reading.problems.map(formatProblem);
}

function targets(text: string) {
  const reading = read(text);
  return Array.isArray(reading) ? reading : reading.targets;
}

describe('a merge key', () => {
  it('brings the keys that are not written beside it', () => {
    expect(targets(`targets:\n  a: &a ${base}\n  b: { <<: *a, connections: 4 }\n`)).toMatchObject({
      a: { address: 'http://127.0.0.1:8080', connections: 64 },
      b: { address: 'http://127.0.0.1:8080', connections: 4 },
    });
  });

  it('takes a list, of which the first that has a key wins, and mappings that merge others', () => {
    const text = `x-five: &five { connections: 5, engine: native }
x-six: &six { <<: { engine: autocannon }, connections: 6 }
targets:
  a: { <<: [*six, *five, ${base}] }
`;
    expect(targets(text)).toMatchObject({ a: { connections: 6, engine: 'autocannon', via: 'direct' } });
  });

  it('leaves a quoted "<<" and a merged scalar to be refused where they stand', () => {
    expect(targets(`targets:\n  a: { protocol: rest, "<<": ${base} }\n`)).toContainEqual(
      expect.stringMatching(/^merged\.yaml:5:\d+: targets\.a\.<<: unknown key/),
    );
    expect(targets('targets:\n  a: { <<: 3 }\n')).toContainEqual(
      'merged.yaml:5:12: targets.a.<<: merges a mapping, or a list of mappings, such as *name of one with &name',
    );
    expect(targets('targets:\n  a: &a { <<: *a }\n')).toContainEqual(
      'merged.yaml:5:15: targets.a.<<: *a refers to itself',
    );
  });

  it('gives way to the command line', () => {
    const set = [{ label: '--set targets.b.connections', path: ['targets', 'b', 'connections'], text: '3' }];
    const reading = read(`targets:\n  a: &a ${base}\n  b: { <<: *a }\n`, set);
    expect(reading).toMatchObject({ targets: { a: { connections: 64 }, b: { connections: 3 } } });
  });

  it('ends, however often mappings merge each other', () => {
    const doubling = Array.from({ length: 40 }, (_, n) => `  m${n + 1}: &m${n + 1} { <<: [*m${n}, *m${n}] }`);
    const chain = Array.from({ length: 900 }, (_, n) => `  m${n + 1}: &m${n + 1} { <<: *m${n} }`);
    for (const lines of [doubling, chain]) {
      const reading = targets(`x-deep:\n  m0: &m0 {}\n${lines.join('\n')}\ntargets:\n  a: ${base}\n`);
      expect(reading).toContainEqual(expect.stringMatching(/merges too much/));
    }
  });

  it('leads to files from the result folder, too', () => {
    const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-merged-'));
    writeFileSync(join(folder, 'times.csv'), '0\n5\n');
    const text = `x-load: &load { model: open, arrivals: { file: times.csv, unit: ms } }
name: merged
workload: { operations: { ping: {} } }
load: { <<: *load }
targets: { a: ${base} }
`;
    const reading = parseScenario(text, { path: join(folder, 'merged.yaml'), env: {}, cores: 2 });
    rmSync(folder, { recursive: true });
    expect(reading.ok && parse(reading.text, { merge: true })).toMatchObject({
      load: { arrivals: { file: join(folder, 'times.csv') } },
    });
  });
});
