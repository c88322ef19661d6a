import { describe, expect, it } from 'vitest';
import { brokerRequestsOf, chargedCentsOf, rebalancesOf, storeFailuresOf } from './last-words.ts';

const storeFailures = { requests: 0, why: '' };
const orders = { chargedCents: 300, rebalances: null, operations: 0, brokerRequests: null, storeFailures };
const shipping = { chargedCents: 0, rebalances: 2, operations: 0, brokerRequests: null, storeFailures };

describe('the last words of the services', () => {
  it('add up, and what a service does not have is left out', () => {
    const all = { orders, 'orders-2': { ...orders, chargedCents: 50 }, shipping };
    expect([chargedCentsOf(all), rebalancesOf(all)]).toEqual([350, 2]);
    expect(rebalancesOf({ orders })).toBeNull();
  });

  it('tell what stores could not keep, with the words of the first', () => {
    const full = { ...orders, storeFailures: { requests: 2, why: 'full' } };
    expect(storeFailuresOf({ orders, 'orders-2': full, 'orders-3': full, shipping: null })).toEqual({
      requests: 4,
      why: 'full',
    });
  });

  it('tell what a broker was asked, over all that have one', () => {
    const brokerRequests = { receives: 4, deletes: 3, returns: 2, replies: 1 };
    const [first, second] = [
      { ...orders, brokerRequests },
      { ...orders, brokerRequests },
    ];
    expect(brokerRequestsOf({ first, second, shipping })).toEqual({ receives: 8, deletes: 6, returns: 4, replies: 2 });
    expect([brokerRequestsOf({ shipping }), brokerRequestsOf({ first, second: null })]).toEqual([null, null]);
  });

  it('are not known when one of them did not say, or when there is none', () => {
    expect([chargedCentsOf({ orders, shipping: null }), rebalancesOf({ orders: null, shipping })]).toEqual([
      null,
      null,
    ]);
    expect([chargedCentsOf({}), rebalancesOf({})]).toEqual([null, null]);
  });
});
