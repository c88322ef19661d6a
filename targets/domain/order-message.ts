/** How an order request travels as a message: what to do in headers, the payload as it is for a body. */
import {
  type OrderAction,
  type OrderReply,
  type OrderRequest,
  orderActions,
  referenceOperations,
} from './order-domain.ts';

export const messageHeaders = {
  action: 'wirebench-action',
  order: 'wirebench-order',
  key: 'wirebench-key',
  code: 'wirebench-code',
} as const;

/** Header templates of each reference operation. */
export function orderHeaders(operation: string): Record<string, string> {
  const action: OrderAction | undefined = referenceOperations[operation as keyof typeof referenceOperations];
  const isNew = action === 'place' || action === 'pay';
  return {
    [messageHeaders.action]: action ?? '',
    [messageHeaders.order]: isNew ? '{{id}}' : '{{key}}',
    [messageHeaders.key]: isNew ? '{{key}}' : '',
  };
}

/** Only these carry a body. */
export function carriesPayload(operation: string): boolean {
  return operation === 'placeOrder' || operation === 'updateOrder';
}

/** What is not there or unknown becomes an action that the domain refuses as invalid. */
export function orderRequestFrom(
  header: (name: string) => string | undefined,
  requestId: string,
  payload: string,
): OrderRequest {
  const action = header(messageHeaders.action) ?? '';
  return {
    action: (orderActions as readonly string[]).includes(action) ? (action as OrderAction) : ('invalid' as OrderAction),
    requestId,
    orderId: action === 'list' ? '' : (header(messageHeaders.order) ?? ''),
    key: header(messageHeaders.key) ?? '',
    payload,
  };
}

/** The domain refuses it as invalid. */
export function unreadable(requestId: string): OrderRequest {
  return orderRequestFrom(() => undefined, requestId, '');
}

export function replyBody(reply: OrderReply): string {
  return JSON.stringify(reply.orders ?? reply.order);
}

/** Codes that mean it was done. */
export function isAccepted(code: string): boolean {
  return code === 'ok' || code === 'created' || code === 'accepted';
}
