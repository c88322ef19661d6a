/** The WebSocket service in AsyncAPI 3: JSON messages both ways on one connection. */
import { type ApiVersion, firstVersion } from '../../scenarios/api-versions.ts';
import { namesAnOrder, type ReferenceOperation } from '../../scenarios/operations.ts';
import { asyncApiOf } from '../documents/async-api.ts';
import { itemSchema, type JsonSchema, noticeSchemas, orderRef, replyCodeSchema } from '../documents/order-schemas.ts';
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
    request: (operation, version) => ({ payload: requestSchema(operation, version), ...json }),
    reply: (operation, version) => ({ payload: replySchema(operation, version), ...json }),
    correlation: { request: idLocation, reply: idLocation },
  });
}

/** The first version need not be said. */
function requestSchema(operation: ReferenceOperation, version: ApiVersion): JsonSchema {
  const said = version === firstVersion ? undefined : version;
  return itemSchema(orderItemFields(operation, operation.canBeHandedOver, said));
}

/** A list is left out of what is refused. */
function replySchema(operation: ReferenceOperation, version: ApiVersion): JsonSchema {
  const isList = !namesAnOrder(operation);
  const order = {
    anyOf: [orderRef(version, false), { type: 'null' }],
    description: 'As it is now; null: there is none.',
  };
  return {
    type: 'object',
    properties: {
      id: { type: ['string', 'null'], description: 'Of the request; null: it had none.' },
      code: replyCodeSchema,
      order,
      ...(isList && { orders: orderRef(version, true) }),
      ...noticeSchemas,
    },
    required: ['id', 'code', ...(isList ? [] : ['order'])],
  };
}
