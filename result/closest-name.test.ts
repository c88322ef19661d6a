import { expect, it } from 'vitest';
import { closestName } from './closest-name.ts';

it.each([
  ['conections', ['connections', 'confirms'], 'connections'],
  ['rset', ['grpc', 'rest'], 'rest'],
  ['PLACEORDER', ['placeOrder', 'getOrder'], 'placeOrder'],
  ['lsot', ['lost', 'last'], 'lost'],
  ['p98', ['p50', 'p99'], 'p99'],
  ['kafka', ['rest', 'grpc'], null],
  ['', ['rest'], null],
])('%s among %j is %s', (name, known, expected) => {
  expect(closestName(name, known)).toBe(expected);
});

it('does not compare what can no longer be near', () => {
  expect(closestName('x'.repeat(100_000), ['rest'])).toBeNull();
});
