import { describe, expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';
import { formatProblem } from './problem.ts';

const request = (body: string) => `requests: { ping: { method: POST, path: /, body: ${JSON.stringify(body)} } }`;
const scenario = ({ operations = 'ping: {}', body = '', conditions = 'calm: []' }) => `name: large
workload: { operations: { ${operations} } }
load: { model: open, rate: 20/s, duration: 1s }
targets: { t: { protocol: rest, address: "http://127.0.0.1:9", via: direct, ${request(body)} } }
conditions: { ${conditions} }
`;
const many = (count: number, entry: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => entry(n)).join(', ');

/** The first problem, or null, and that it came in time: what these took before was minutes, or had no end. */
function firstProblem(text: string): string | null {
  const before = performance.now();
  const reading = parseScenario(text, { path: 'large.yaml', env: {}, cores: 2 });
  expect(performance.now() - before).toBeLessThan(15_000);
  const [problem] = reading.ok ? [] : reading.problems;
  return problem === undefined ? null : formatProblem(problem);
}

describe('a scenario as large as it may be', () => {
  it.each([
    [
      'conditions',
      scenario({ conditions: many(15_000, (n) => `c${n}: []`) }),
      /^large\.yaml:5:13: conditions: has 15000 entries; 1000 at most/,
    ],
    [
      'operations',
      scenario({ operations: many(12_000, (n) => `p${n}: {}`) }),
      /^large\.yaml:2:25: workload\.operations: has 12000 entries/,
    ],
    ['keys that are there before', 'name: s\n'.repeat(20_000), /^large\.yaml:1:1: has 20000 entries/],
    ['brackets', `name: ${'['.repeat(250_000)}`, /^large\.yaml:1:\d+: is nested too deeply/],
    ['braces', `name: ${'{'.repeat(250_000)}`, /^large\.yaml:1:\d+: is nested too deeply/],
    ['blanks behind {{', scenario({ body: `{{${' '.repeat(100_000)}` }), null],
    ['opened {{', scenario({ body: '{{'.repeat(50_000) }), null],
  ] as const)('of %s is dealt with in bounded time', (_what, text, expected) => {
    const problem = firstProblem(text);
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toMatch(expected);
  });
});
