import { describe, expect, it } from 'vitest';
import type { Scenario, Target } from './scenario.ts';
import { parseScenario } from './schema/parse-scenario.ts';
import { selectConditions, selectTargets } from './select-trials.ts';

const text = `name: trial
primary: { operation: getOrder, metric: p99, condition: cut }
workload: { operations: { getOrder: {} } }
load: { model: open, rate: 500/s }
targets: { rest: { protocol: rest }, grpc: { protocol: grpc }, queue: { protocol: queue } }
conditions: { calm: [], cut: [ { at: 1s, for: 1s, fault: down } ] }
thresholds: [ all lost == 0, rest p99 < 1s, grpc p99 < 1s in calm, all ok > 0 in during, all ok > 0 in cut calm ]
`;

function scenario(): Scenario {
  const reading = parseScenario(text, { path: 's.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.scenario;
}

const expressions = ({ thresholds }: Scenario) => thresholds.map(({ expression }) => expression);

describe('a part of a scenario', () => {
  it('has the targets that are named, in the order of the file, and what can be said about them', () => {
    const { scenario: part, notes } = selectTargets(scenario(), ['queue', 'rest']);
    expect(Object.keys(part.targets)).toEqual(['rest', 'queue']);
    expect(expressions(part)).not.toContain('grpc p99 < 1s in calm');
    expect(expressions(part)).toHaveLength(4);
    expect(notes).toEqual(['The threshold "grpc p99 < 1s in calm" is left out: nothing it speaks of is selected.']);
  });

  it('has optional targets only where they are named', () => {
    const whole = scenario();
    const { rest } = whole.targets;
    const withOptional = { ...whole, targets: { ...whole.targets, rest: { ...(rest as Target), optional: true } } };
    const { scenario: part, notes } = selectTargets(withOptional, []);
    expect(Object.keys(part.targets)).toEqual(['grpc', 'queue']);
    expect(notes).toEqual([
      'rest: optional, and left out; --target rest runs it.',
      'The threshold "rest p99 < 1s" is left out: nothing it speaks of is selected.',
    ]);
    expect(Object.keys(selectTargets(withOptional, ['rest']).scenario.targets)).toEqual(['rest']);
  });

  it('has the conditions that are named, and the primary figure only with its own', () => {
    const calm = selectConditions(scenario(), ['calm']);
    expect(Object.keys(calm.scenario.conditions)).toEqual(['calm']);
    expect(calm.scenario.primary).toBeUndefined();
    expect(expressions(calm.scenario)).toEqual([
      'all lost == 0',
      'rest p99 < 1s',
      'grpc p99 < 1s in calm',
      'all ok > 0 in cut calm',
    ]);
    expect(calm.notes).toHaveLength(2);
    const cut = selectConditions(scenario(), ['cut']);
    expect(cut.scenario.primary).toMatchObject({ condition: 'cut', phase: 'during' });
    expect(expressions(cut.scenario)).not.toContain('grpc p99 < 1s in calm');
  });

  it('is all of it when nothing is named', () => {
    const whole = scenario();
    expect(selectTargets(whole, []).scenario).toBe(whole);
    expect(selectConditions(whole, []).scenario).toBe(whole);
  });

  it('has no unknown parts', () => {
    const hint = 'Did you mean rest? It has: rest, grpc, queue.';
    expect(() => selectTargets(scenario(), ['rest', 'rset'])).toThrowError(
      expect.objectContaining({ exitCode: 2, hint }),
    );
    expect(() => selectConditions(scenario(), ['storm'])).toThrowError(
      expect.objectContaining({ hint: 'It has: calm, cut.' }),
    );
    expect(() => selectTargets(scenario(), ['constructor'])).toThrowError(expect.objectContaining({ exitCode: 2 }));
  });
});
