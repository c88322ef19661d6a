/**
 * An order request as a JSON object, `{"id","action","order","key","payload","handOver"}`: a message of its own over
 * WebSockets, one of many in a batch.
 */
import { isCreation, namesAnOrder, operationOf, type ReferenceOperation } from '../../scenarios/operations.ts';
import type { OrderAction, OrderReply, OrderRequest } from './orders.ts';
import type { ServiceDomain } from './service-domain.ts';

/** Fields of a reference operation's item, their values templates. */
export function orderItemFields(
  operation: ReferenceOperation,
  isHandedOver: boolean,
): Record<string, string | boolean> {
  return {
    id: '{{id}}',
    action: operation.action,
    ...(isHandedOver && { handOver: true }),
    ...(isCreation(operation) ? { order: '{{id}}', key: '{{key}}' } : namesAnOrder(operation) && { order: '{{key}}' }),
    ...(operation.carriesPayload && { payload: '{{payload}}' }),
  };
}

/** What came, if it is a request at all. */
export interface OrderItem {
  /** null: an unknown action, or a field that is no text. */
  readonly request: OrderRequest | null;
  readonly isHandedOver: boolean;
}

export const invalidReply: OrderReply = { code: 'invalid', order: null };

/** Of anything that JSON can hold. */
export function orderItemFrom(value: unknown): OrderItem {
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const { id, action, order = '', key = '', payload = '', handOver } = fields;
  const isHandedOver = handOver === true;
  if (typeof id !== 'string' || typeof order !== 'string' || typeof key !== 'string' || typeof payload !== 'string') {
    return { request: null, isHandedOver };
  }
  if (typeof action !== 'string' || operationOf(action) === null) return { request: null, isHandedOver };
  return { request: { action: action as OrderAction, requestId: id, orderId: order, key, payload }, isHandedOver };
}

export function handleItem(
  domain: ServiceDomain,
  { request, isHandedOver }: OrderItem,
  reply: (reply: OrderReply) => void,
): void {
  if (request === null) reply(invalidReply);
  else if (isHandedOver) domain.accept(request, reply);
  else domain.handle(request, reply);
}

/** Replies once all are done, in their order. */
export function handleBatch(
  domain: ServiceDomain,
  items: readonly OrderItem[],
  done: (replies: readonly OrderReply[]) => void,
): void {
  const replies: OrderReply[] = [];
  let open = items.length;
  if (open === 0) done(replies);
  for (const [n, item] of items.entries()) {
    handleItem(domain, item, (reply) => {
      replies[n] = reply;
      if (--open === 0) done(replies);
    });
  }
}
