import { describe, expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';
import { expandSweep } from './sweep-schema.ts';
import { variantKey } from './sweep-variants.ts';

const base = `name: swept
workload: { operations: { getOrder: { weight: 1 } } }
load: { model: open, rate: 10/s }
targets:
  rest: { protocol: rest, connections: 4 }
  stream: { protocol: stream, linger: 1ms }
`;

function parsed(sweep: string) {
  const reading = parseScenario(`${base}sweep: ${sweep}\n`, { path: 's.yaml', env: {} });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading;
}

describe('a sweep', () => {
  it('is all combinations of a grid, less those to be skipped', () => {
    const { scenario, variants } = parsed(
      '{ targets: [ stream ], grid: { linger: [ 0ms, 5ms ], acks: [ 1, all ] }, skip: [ { linger: 5ms, acks: 1 } ] }',
    );
    const assignments = [
      { linger: '0ms', acks: 1 },
      { linger: '0ms', acks: 'all' },
      { linger: '5ms', acks: 'all' },
    ];
    expect(scenario.sweep).toEqual({ stream: assignments });
    const settings = assignments.map((one) => variants.get(variantKey('stream', one)));
    expect(settings).toMatchObject([
      { lingerMs: 0, acks: 1, name: 'stream' },
      { lingerMs: 0, acks: 'all' },
      { lingerMs: 5, acks: 'all' },
    ]);
    expect(scenario.targets.stream).toMatchObject({ lingerMs: 1 });
    expect(variants.size).toBe(3);
  });

  it('reaches what lies deeper, of all targets that are not named', () => {
    const { scenario, variants } = parsed(
      '{ list: [ { resilience.retry.attempts: 1 }, { resilience.retry.attempts: 3 } ] }',
    );
    expect(Object.keys(scenario.sweep)).toEqual(['rest', 'stream']);
    expect(variants.get(variantKey('rest', { 'resilience.retry.attempts': 3 }))).toMatchObject({
      connections: 4,
      resilience: { retry: { attempts: 3 } },
    });
  });

  it('may be several, each for targets of its own', () => {
    const { scenario } = parsed(
      '[ { targets: [ rest ], grid: { compression: [ none, br ] } }, { targets: [ stream, rest ], list: [ { compression: zstd } ] } ]',
    );
    expect(scenario.sweep).toEqual({
      rest: [{ compression: 'none' }, { compression: 'br' }, { compression: 'zstd' }],
      stream: [{ compression: 'zstd' }],
    });
  });

  it('runs once what comes to the same, and says so', () => {
    const { scenario, notes } = parsed(
      '{ targets: [ rest ], grid: { batch.maxMessages: [ 1, 16 ], batch.linger: [ 0ms, 5ms, 10ms ] } }',
    );
    expect(scenario.sweep.rest).toEqual([
      { 'batch.maxMessages': 1, 'batch.linger': '0ms' },
      { 'batch.maxMessages': 16, 'batch.linger': '0ms' },
      { 'batch.maxMessages': 16, 'batch.linger': '5ms' },
      { 'batch.maxMessages': 16, 'batch.linger': '10ms' },
    ]);
    expect(notes).toEqual([
      'sweep of rest: batch.maxMessages=1, batch.linger=5ms is left out, being the same as batch.maxMessages=1, batch.linger=0ms, and 1 more of that kind.',
    ]);
  });

  it.each([
    [{ from: 1, to: 8, factor: 2 }, [1, 2, 4, 8]],
    [{ from: '0ms', to: '20ms', step: '10ms' }, ['0ms', '10ms', '20ms']],
    [{ from: 0.1, to: 0.35, step: 0.1 }, [0.1, 0.2, 0.3]],
  ])('writes out the range %j', (range, values) => {
    const expanded = expandSweep({ grid: { x: range }, skip: [], limit: 100 });
    expect(expanded).toEqual(values.map((x) => ({ x })));
  });

  it.each([
    [{ from: 1, to: 8 }, 'needs either step or factor'],
    [{ from: 8, to: 1, step: 1 }, 'ends before it begins'],
    [{ from: 0, to: 8, factor: 2 }, 'would never end'],
    [{ from: '1ms', to: '8s', step: '1ms' }, 'must have one unit in from, to and step'],
    [{ from: 'a', to: 'b', step: 1 }, 'has a bound that is no number with a unit'],
    [{ from: 1, to: 1000, step: 1 }, 'has more than 100 values'],
  ])('refuses the range %j', (range, message) => {
    expect(expandSweep({ grid: { x: range }, skip: [], limit: 100 })).toEqual({ key: 'x', message });
  });
});
