import { expect, it } from 'vitest';
import { blockOrders } from './block-orders.ts';

it('draws the order of blocks by the seed, both orders equally often', () => {
  const orders = blockOrders(42, 40);
  expect(orders.filter((order) => order === 'AB')).toHaveLength(20);
  expect(blockOrders(42, 40)).toEqual(orders);
  expect(new Set(Array.from({ length: 20 }, (_, seed) => blockOrders(seed, 6).join())).size).toBeGreaterThan(3);
});
