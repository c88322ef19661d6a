/**
 * An order request as a JSON object, `{"id","action","order","key","payload","handOver","version"}`: a message of its own over
 * WebSockets, one of many in a batch.
 */
import { type ApiVersion, apiVersions, firstVersion } from '../../scenarios/api-versions.ts';
import { isCreation, namesAnOrder, operationOf, type ReferenceOperation } from '../../scenarios/operations.ts';
import { keyNames } from './order-versions.ts';
import type { OrderAction, OrderReply, OrderRequest } from './orders.ts';
import type { ServiceDomain } from './service-domain.ts';

/** Fields of a reference operation's item, their values templates. */
export function orderItemFields(
  operation: ReferenceOperation,
  isHandedOver: boolean,
  version?: ApiVersion,
): Record<string, string | boolean> {
  const key = keyNames[version ?? firstVersion];
  return {
    id: '{{id}}',
    action: operation.action,
    ...(isHandedOver && { handOver: true }),
    ...(isCreation(operation)
      ? { order: '{{id}}', [key]: '{{key}}' }
      : namesAnOrder(operation) && { order: '{{key}}' }),
    ...(operation.carriesPayload && { payload: '{{payload}}' }),
    ...(version !== undefined && { version: `${version}` }),
  };
}

/** What came, if it is a request at all. */
export interface OrderItem {
  /** null: an unknown action, or a field that is no text. */
  readonly request: OrderRequest | null;
  readonly isHandedOver: boolean;
}

export const invalidReply: OrderReply = { code: 'invalid', order: null };

/** By what a message says it is of. */
const versionsByText: ReadonlyMap<unknown, ApiVersion> = new Map(apiVersions.map((version) => [`${version}`, version]));

/** Of anything that JSON can hold. `saidVersion`: beside it. */
export function orderItemFrom(value: unknown, saidVersion?: string): OrderItem {
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const { id, action, order = '', payload = '', handOver } = fields;
  const said = saidVersion ?? fields.version;
  const version = versionsByText.get(said);
  const key = fields[keyNames[version ?? firstVersion]] ?? '';
  const isHandedOver = handOver === true;
  if (typeof id !== 'string' || typeof order !== 'string' || typeof key !== 'string' || typeof payload !== 'string') {
    return { request: null, isHandedOver };
  }
  const isOfNone = said !== undefined && version === undefined;
  if (typeof action !== 'string' || operationOf(action) === null || isOfNone) return { request: null, isHandedOver };
  return {
    request: {
      action: action as OrderAction,
      requestId: id,
      orderId: order,
      key,
      payload,
      ...(version && { version }),
    },
    isHandedOver,
  };
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
