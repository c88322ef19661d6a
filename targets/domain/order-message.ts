/** How an order request travels as a message: what to do in headers, the payload as it is for a body. */
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import { isCreation, namesAnOrder, operationOf, type ReferenceOperation } from '../../scenarios/operations.ts';
import { answeredOrders } from './order-versions.ts';
import type { OrderAction, OrderReply, OrderRequest } from './orders.ts';

export const messageHeaders = {
  action: 'wirebench-action',
  order: 'wirebench-order',
  key: 'wirebench-key',
  code: 'wirebench-code',
  /** Of the interface: the body is then the whole request. */
  version: 'wirebench-version',
} as const;

/** Header templates of a reference operation. */
export function orderHeaders(operation: ReferenceOperation): Record<string, string> {
  const isNew = isCreation(operation);
  return {
    [messageHeaders.action]: operation.action,
    [messageHeaders.order]: isNew ? '{{id}}' : '{{key}}',
    [messageHeaders.key]: isNew ? '{{key}}' : '',
  };
}

/** What is not there or unknown becomes an action that the domain refuses as invalid. */
export function orderRequestFrom(
  header: (name: string) => string | undefined,
  requestId: string,
  payload: string,
): OrderRequest {
  const action = header(messageHeaders.action) ?? '';
  const operation = operationOf(action);
  return {
    action: operation === null ? ('invalid' as OrderAction) : (action as OrderAction),
    requestId,
    orderId: operation !== null && !namesAnOrder(operation) ? '' : (header(messageHeaders.order) ?? ''),
    key: header(messageHeaders.key) ?? '',
    payload,
  };
}

/** The domain refuses it as invalid. */
export function unreadable(requestId: string): OrderRequest {
  return orderRequestFrom(() => undefined, requestId, '');
}

export function replyBody(reply: OrderReply, version?: ApiVersion): string {
  return JSON.stringify(answeredOrders(version, reply));
}

/** Codes that mean that nothing was done, and that it may be otherwise another time or elsewhere. */
export function isRefusal(code: OrderReply['code']): boolean {
  return code === 'unavailable' || code === 'invalid' || code === 'retired';
}

/** Before what was refused, and nobody waits for, is tried again: as long on all brokers, so that they can be compared. */
export const requeueAfterMs = 200;

/** Codes that mean it was done. */
export function isAccepted(code: string): boolean {
  return code === 'ok' || code === 'created' || code === 'accepted';
}
