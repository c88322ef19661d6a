import { describe, expect, it } from 'vitest';
import { historyEvent } from './event-history.ts';
import { formatOperationId } from './operation-id.ts';
import { OrderFold } from './order-fold.ts';
import { populationIds } from './service-options.ts';

const population = () => populationIds({ readable: 2, cancellable: 1 });
const events = Array.from({ length: 48 }, (_, n) => historyEvent(n));

function folded(count: number, from = new OrderFold(population(), true)) {
  for (const event of events.slice(from.events, count)) from.apply(event);
  return from;
}

describe('the fold of events', () => {
  it('makes orders and accounts of them', () => {
    const fold = folded(48);
    expect(fold.order('order-h-00000000')).toMatchObject({ status: 'placed', version: 3, key: 'history-account-0' });
    expect(fold.order('order-h-00000002')).toMatchObject({ status: 'cancelled', version: 3 });
    expect(fold.chargedCents).toBe(12 * 1_000);
    expect(fold.first(3).map(({ id }) => id)).toEqual(['order-r-00000000', 'order-r-00000001', 'order-c-00000000']);
  });

  it('goes on from a snapshot as if it had read all of it, and knows requests again', () => {
    const half = structuredClone(folded(24).snapshot());
    const fold = folded(48, OrderFold.from(half, true));
    expect(fold.digest).toBe(folded(48).digest);
    expect(fold.digest).not.toBe(folded(47).digest);
    expect(fold.replyOf('history-00000002')).toMatchObject({ code: 'created', order: { status: 'paid' } });
    expect(fold.replyOf('history-00000048')).toBeNull();
  });

  it('knows whose effects are in it', () => {
    const fold = new OrderFold(population(), false);
    const request = formatOperationId('cafecafe', 3, 7);
    fold.apply({ type: 'cancelled', id: 'order-c-00000000', request });
    expect([...fold.held]).toEqual([{ producer: 3, sequence: 7 }]);
    expect(fold.replyOf(request)).toBeNull();
  });
});
