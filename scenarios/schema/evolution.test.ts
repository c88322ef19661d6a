import { describe, expect, it } from 'vitest';
import { schemaChanges } from '../../result/evolution-names.ts';
import { parseScenario } from './parse-scenario.ts';

function read(evolution: string, target: string) {
  const load = 'workload: { operations: { placeOrder: {} } }\nload: { model: open, rate: 1/s }';
  return parseScenario(`name: s\n${load}\nevolution: ${evolution}\ntargets: { t: ${target} }\n`, {
    path: 's.yaml',
    env: {},
  });
}

function problemsOf(evolution: string, target = '{ protocol: rest }') {
  const reading = read(evolution, target);
  return reading.ok
    ? []
    : reading.problems.map(({ path, message, suggestion }) => `${path}: ${message} – ${suggestion}`);
}

describe('evolution', () => {
  it.each(['rest', 'grpc', 'websocket', 'queue', 'stream'])('is played over %s', (protocol) => {
    const reading = read(`[${schemaChanges.join(', ')}]`, `{ protocol: ${protocol} }`);
    expect(reading.ok && reading.scenario.evolution).toEqual([...schemaChanges]);
  });

  it.each([
    ['{ protocol: queue, broker: sqs }', 'targets.t.broker: sqs does not go with evolution'],
    [
      '{ protocol: rest, address: "http://127.0.0.1:8080", requests: { placeOrder: { method: POST, path: / } } }',
      'targets.t.address: does not go with evolution',
    ],
    ['{ protocol: grpc, service: { runtime: go } }', 'targets.t.service: does not go with evolution'],
  ])('is refused for %s, with what to do', (target, expected) => {
    const [problem, ...others] = problemsOf('[fieldAdded]', target);
    expect(problem).toContain(expected);
    expect(problem).toContain('leave evolution out, or t to a scenario without it');
    expect(others).toEqual([]);
  });

  it('is of changes that there are, each once, and of at least one', () => {
    expect(problemsOf('[fieldAdded, fieldRenamed, fieldAdded]')).toEqual([
      expect.stringContaining('evolution[2]: fieldAdded stands there already'),
    ]);
    expect(problemsOf('[]')).toEqual([expect.stringContaining('evolution: must have at least 1 entry')]);
    expect(problemsOf('[fieldRenamd]')).toEqual([expect.stringContaining('did you mean fieldRenamed')]);
  });
});
