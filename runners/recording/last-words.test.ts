import { describe, expect, it } from 'vitest';
import { chargedCentsOf, rebalancesOf, storeFailuresOf } from './last-words.ts';

const storeFailures = { requests: 0, why: '' };
const orders = { chargedCents: 300, rebalances: null, operations: 0, storeFailures };
const shipping = { chargedCents: 0, rebalances: 2, operations: 0, storeFailures };

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

  it('are not known when one of them did not say, or when there is none', () => {
    expect([chargedCentsOf({ orders, shipping: null }), rebalancesOf({ orders: null, shipping })]).toEqual([
      null,
      null,
    ]);
    expect([chargedCentsOf({}), rebalancesOf({})]).toEqual([null, null]);
  });
});
