import { describe, expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';

function read(target: string, workload = '') {
  const text = `name: trial
workload: { operations: { placeOrder: {} }${workload} }
load: { model: open, rate: 50/s }
conditions: { calm: [] }
targets: { a: { ${target} } }
`;
  return parseScenario(text, { path: 's.yaml', env: {} });
}

describe('a target whose state is a log', () => {
  it('is one of Kafka or RabbitMQ, with snapshots or without', () => {
    expect(read('protocol: stream, state: log, log: compacted, snapshot: none', ', history: 100')).toMatchObject({
      ok: true,
      scenario: { workload: { history: 100 }, targets: { a: { state: 'log', log: 'compacted', snapshot: 'none' } } },
    });
    expect(read('protocol: queue, state: log, log: stream, snapshot: { every: 10 }')).toMatchObject({
      ok: true,
      scenario: { targets: { a: { snapshot: { every: 10 } } } },
    });
  });

  it.each([
    ['protocol: stream, log: full', '', 'targets.a.log: needs state: log'],
    ['protocol: queue, snapshot: none', '', 'targets.a.snapshot: needs state: log'],
    [
      'protocol: stream, state: log, store: file',
      '',
      'targets.a.store: and state: log exclude each other: they say where the state is',
    ],
    [
      'protocol: stream, state: log, instances: 2, partitions: 2',
      '',
      'targets.a.instances: must be 1 with state: log, whose log has one writer',
    ],
    [
      'protocol: stream',
      ', history: 100',
      'workload.history: is of the log of a service, and no target has state: log',
    ],
  ])('%s%s is told: %s', (target, workload, problem) => {
    const reading = read(target, workload);
    expect(reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([problem]);
  });
});
