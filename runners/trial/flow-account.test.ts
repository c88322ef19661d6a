import { expect, it } from 'vitest';
import { flowPayments, unknownFlows } from './flow-account.ts';

const { moneyCents } = unknownFlows;
const nothing = Object.fromEntries(Object.keys(moneyCents).map((name) => [name, 0])) as Record<
  keyof typeof moneyCents,
  number
>;

it('holds what flows have paid, whatever became of them, against the accounts', () => {
  const paid = {
    ...nothing,
    completed: 5_000,
    stuck: 2_000,
    phantom: 1_000,
    unacknowledged: 1_000,
    inconsistent: -1_000,
  };
  expect(flowPayments({ ...unknownFlows, moneyCents: { ...paid, accountsCents: 9_000 } })).toEqual({
    ...{ chargedCents: 8_000, accountsCents: 9_000 },
  });
});

it('says nothing where one of them is not known', () => {
  expect(flowPayments(unknownFlows)).toBeNull();
  expect(flowPayments({ ...unknownFlows, moneyCents: { ...nothing, accountsCents: null } })).toBeNull();
  expect(flowPayments({ ...unknownFlows, moneyCents: { ...nothing, stuck: null } })).toBeNull();
});
