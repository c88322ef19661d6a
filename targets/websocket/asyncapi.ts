/** The WebSocket service in AsyncAPI 3: JSON messages both ways on one connection. */
import { namesAnOrder, type ReferenceOperation } from '../../scenarios/operations.ts';
import { asyncApiOf, orderRef, ordersRef } from '../documents/async-api.ts';
import { itemSchema, type JsonSchema, replyCodeSchema } from '../documents/order-schemas.ts';
import { orderItemFields } from '../domain/order-item.ts';

/** Where the service answers plain HTTP with it. */
export const asyncApiPath = '/asyncapi.json';
const json = { contentType: 'application/json' } as const;
const idLocation = '$message.payload#/id';

export function websocketAsyncApi(): JsonSchema {
  return asyncApiOf({
    title: 'Orders over WebSockets',
    protocol: 'ws',
    addresses: { requests: '/', replies: '/' },
    request: (operation) => ({ payload: itemSchema(orderItemFields(operation, operation.canBeHandedOver)), ...json }),
    reply: (operation) => ({ payload: replySchema(operation), ...json }),
    correlation: { request: idLocation, reply: idLocation },
  });
}

/** A list is left out of what is refused. */
function replySchema(operation: ReferenceOperation): JsonSchema {
  const isList = !namesAnOrder(operation);
  const order = { anyOf: [orderRef, { type: 'null' }], description: 'As it is now; null: there is none.' };
  return {
    type: 'object',
    properties: {
      id: { type: ['string', 'null'], description: 'Of the request; null: it had none.' },
      code: replyCodeSchema,
      order,
      ...(isList && { orders: ordersRef }),
    },
    required: ['id', 'code', ...(isList ? [] : ['order'])],
  };
}
