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

describe('a consumer of Kafka', () => {
  it('goes three times through a topic of retries, unless it is told otherwise', () => {
    const targets = (retries: number) => ({ ok: true, scenario: { targets: { a: { retries } } } });
    expect(read('onRefusal: retryTopic')).toMatchObject(targets(3));
    expect(read('onRefusal: retryTopic, retries: 1')).toMatchObject(targets(1));
    expect(read('onRefusal: block')).toMatchObject({ ok: true });
  });

  it('is ended by its broker after five seconds, where a transaction is left open', () => {
    const targets = { a: { commit: 'transaction', produces: true, transactionTimeoutMs: 5_000 } };
    expect(read('commit: transaction, produces: true')).toMatchObject({ ok: true, scenario: { targets } });
  });

  it.each([
    ['commit: transaction', 'targets.a.commit: transaction needs produces: true: it joins two writes'],
    ['produces: true, transactionTimeout: 3s', 'targets.a.transactionTimeout: needs commit: transaction'],
    [
      'produces: true, commit: transaction, onRefusal: deadLetter',
      'targets.a.onRefusal: deadLetter writes outside of the transaction',
    ],
    [
      'produces: true, commit: transaction, group: { assignment: cooperative }',
      'targets.a.group.assignment: cooperative does not go with commit: transaction: its library says nothing of the round that takes partitions away',
    ],
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
