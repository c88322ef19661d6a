import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../schema/parse-scenario.ts';

function read(target: string) {
  const text = `name: trial
workload: { operations: { placeOrder: { pattern: one-way } } }
load: { model: open, rate: 50/s }
conditions: { calm: [] }
targets:
  a: { protocol: stream, ${target} }
`;
  return parseScenario(text, { path: 's.yaml', env: {} });
}

describe('what a consumer of Kafka refuses', () => {
  it('goes three times through a topic of retries, unless it is told otherwise', () => {
    const targets = (retries: number) => ({ ok: true, scenario: { targets: { a: { retries } } } });
    expect(read('onRefusal: retryTopic')).toMatchObject(targets(3));
    expect(read('onRefusal: retryTopic, retries: 1')).toMatchObject(targets(1));
    expect(read('onRefusal: block')).toMatchObject({ ok: true });
  });

  it.each([
    ['retries: 2', 'targets.a.retries: needs onRefusal: retryTopic'],
    [
      'onRefusal: block, commit: before',
      'targets.a.onRefusal: block holds up what is behind a record that is not done; with commit: before it counts as done',
    ],
  ])('%s is told: %s', (target, problem) => {
    const reading = read(target);
    expect(reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([problem]);
  });
});
