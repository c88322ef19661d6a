import { describe, expect, it } from 'vitest';
import type { Scenario } from '../scenario.ts';
import { type OverrideOptions, overridesFrom } from './overrides.ts';
import { parseScenario } from './parse-scenario.ts';
import { formatProblem } from './problem.ts';

const text = `name: trial # the name
workload: { operations: { getOrder: {} } }
load: { model: open, rate: 500/s }
targets:
  rest: &shared { protocol: rest, connections: 8 }
  other: *shared
thresholds: [ "all lost == 0", "rest p99 < 1s" ]
`;

function read(options: OverrideOptions, source = text) {
  return parseScenario(source, { path: 's.yaml', env: {}, overrides: overridesFrom(options) });
}

function scenarioWith(options: OverrideOptions, source = text): Scenario {
  const reading = read(options, source);
  if (!reading.ok) throw new Error(reading.problems.map(formatProblem).join('\n'));
  return reading.scenario;
}

function problemsWith(...set: string[]): string[] {
  const reading = read({ set });
  return reading.ok ? [] : reading.problems.map(formatProblem);
}

describe('settings of the command line', () => {
  it('take the place of those in the file', () => {
    const scenario = scenarioWith({
      duration: '3s',
      rate: '20/s',
      repeats: 4,
      seed: '7',
      set: ['targets.rest.connections=3', 'load.warmup=1s'],
    });
    expect(scenario.load).toMatchObject({ durationMs: 3_000, ratePerSecond: 20, warmupMs: 1_000 });
    expect(scenario.load.warmupUntilSteady).toBe(false);
    expect([scenario.repeats, scenario.workload.seed]).toEqual([4, 7]);
    expect(scenario.targets.rest).toMatchObject({ connections: 3 });
  });

  it('leave alone what an alias shares with the place', () => {
    expect(scenarioWith({ set: ['targets.rest.connections=3'] }).targets).toMatchObject({
      rest: { connections: 3 },
      other: { connections: 8 },
    });
    expect(scenarioWith({ set: ['targets.rest={ protocol: grpc }'] }).targets).toMatchObject({
      rest: { protocol: 'grpc' },
      other: { connections: 8 },
    });
    expect(scenarioWith({ set: ['targets.other.connections=3'] }).targets).toMatchObject({
      rest: { connections: 8 },
      other: { connections: 3 },
    });
  });

  it('add what is not there', () => {
    const scenario = scenarioWith({
      set: ['targets.new.protocol=grpc', 'resilience.retry.attempts=3', 'workload.service={ workTime: 5ms }'],
    });
    expect(scenario.targets.new).toMatchObject({ protocol: 'grpc', connections: 2 });
    expect(scenario.resilience.retry.attempts).toBe(3);
    expect(scenario.workload.service.workTimeMs).toBe(5);
  });

  it('fill an empty value, and entries of lists', () => {
    const source = text.replace('thresholds', 'resilience:\nthresholds');
    const scenario = scenarioWith({ set: ['resilience.deadline=1s', 'thresholds.1=all ok > 5'] }, source);
    expect(scenario.resilience.deadlineMs).toBe(1_000);
    expect(scenario.thresholds.map(({ expression }) => expression)).toEqual(['all lost == 0', 'all ok > 5']);
  });

  it('may hold = and be the last of several', () => {
    expect(scenarioWith({ set: ['thresholds=["all lost == 3"]', 'repeats=2', 'repeats=3'] })).toMatchObject({
      repeats: 3,
      thresholds: [{ value: 3 }],
    });
  });

  it('are in the text that is stored, comments kept', () => {
    const reading = read({ duration: '3s', set: ['targets.other.connections=3'] });
    if (!reading.ok) throw new Error('not read');
    expect(reading.text).toContain('# the name');
    expect(parseScenario(reading.text, { path: 's.yaml', env: {} })).toMatchObject({
      ok: true,
      scenario: reading.scenario,
    });
  });

  it('are named where they are wrong', () => {
    expect(problemsWith('targets.rest.conections=3')).toEqual([
      '--set targets.rest.conections: unknown key (did you mean connections?)',
    ]);
    expect(problemsWith('targets.rest.connections=many')).toEqual([
      '--set targets.rest.connections: expected a number, not "many"',
    ]);
    expect(problemsWith('targets.rst.connections=3')).toEqual([
      '--set targets.rst.connections: targets.rst: protocol is missing; one of rest, grpc, websocket, queue, stream',
    ]);
    expect(problemsWith('load.rate.x=3')).toEqual(['--set load.rate.x: load.rate is a single value; it has no "x"']);
    expect(problemsWith('thresholds.5=x')).toEqual([
      '--set thresholds.5: thresholds is a list of 2; "5" is not an index into it',
    ]);
    expect(problemsWith('load={ rate: [')).toEqual([expect.stringMatching(/^--set load: "\{ rate: \[" is not YAML: /)]);
    expect(problemsWith('conditions={ bad: [ { at: 1s, for: 1s, fault: dwn } ] }')).toEqual([
      '--set conditions: conditions.bad[0].fault: "dwn" is not one of latency, down, bandwidth, slow_close, timeout, reset_peer, slicer, limit_data, pause, kill, slow-service, failing-service, retire, pause-consumers, leave, join, rebuild, slow-subscriber (did you mean down?)',
    ]);
    const reading = read({ duration: '5' });
    expect(reading.ok ? [] : reading.problems).toEqual([
      { file: '--duration', line: 0, column: 0, path: 'load.duration', message: '5 needs a unit, e.g. 5s' },
    ]);
  });

  it.each(['name', '=3', 'a..b=3', '.a=1'])('%s is no setting', (set) => {
    expect(() => overridesFrom({ set: [set] })).toThrowError(expect.objectContaining({ exitCode: 2 }));
  });
});
