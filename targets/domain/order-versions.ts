/** What an order is called and looks like in each version of the interface: the same orders behind all of them. */
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import { paymentCents } from './accounts.ts';
import type { Order } from './orders.ts';

/** The name of `key`, in requests and answers. */
export const keyNames = { 1: 'key', 2: 'customer' } as const satisfies Record<ApiVersion, string>;

/** As the second version has it: `key` is called `customer`, and what it costs is an object. */
export interface SecondOrder extends Omit<Order, 'key'> {
  readonly customer: string;
  readonly amount: { readonly cents: number; readonly currency: string };
}

const amount = { cents: paymentCents, currency: 'EUR' } as const;

export function orderOf(version: ApiVersion | undefined, order: Order): Order | SecondOrder {
  if (version !== 2) return order;
  const { key, ...rest } = order;
  return { ...rest, customer: key, amount };
}

/** What stands in answers: one order, all that were asked for, or null. */
export function answeredOrders(
  version: ApiVersion | undefined,
  { order, orders }: { readonly order: Order | null; readonly orders?: readonly Order[] | undefined },
): unknown {
  if (version !== 2) return orders ?? order;
  return orders?.map((one) => orderOf(version, one)) ?? (order && orderOf(version, order));
}
