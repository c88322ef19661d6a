/** Orders, requests and answers as JSON Schema (2020-12): what the documents of all protocols say of them. */
import { type ApiVersion, firstVersion } from '../../scenarios/api-versions.ts';
import { operationNames, referenceOperations } from '../../scenarios/operations.ts';
import type { noticeHeaders } from '../domain/deprecation-notice.ts';
import type { SecondOrder } from '../domain/order-versions.ts';
import { type Order, orderReplyCodes, orderStatuses } from '../domain/orders.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

const orderProperties = {
  id: { type: 'string', description: 'What its sender calls it.' },
  key: { type: 'string', description: 'Whose it is: the customer, or the account that was charged.' },
  payload: { type: 'string', description: 'What its sender wrote into it.' },
  status: { type: 'string', enum: orderStatuses, description: 'Where it is in its life.' },
  version: { type: 'integer', minimum: 1, description: 'Counts from 1 and grows with each change.' },
} satisfies Record<keyof Order, JsonSchema>;

const orderSchema: JsonSchema = {
  type: 'object',
  description: 'An order. Of a payment: what was paid for whom.',
  properties: orderProperties,
  required: ['id', 'key', 'payload', 'status', 'version'] satisfies (keyof Order)[],
};

const secondOrderSchema: JsonSchema = {
  type: 'object',
  description: 'An order in the second version of the interface.',
  properties: {
    ...(({ key, ...rest }) => rest)(orderProperties),
    customer: { type: 'string', description: 'Whose it is; `key` in the first version.' },
    amount: {
      type: 'object',
      description: 'What it costs.',
      properties: {
        cents: { type: 'integer', minimum: 0, description: 'In the hundredth part of the currency.' },
        currency: { type: 'string', description: 'As ISO 4217 calls it.' },
      },
      required: ['cents', 'currency'],
    },
  } satisfies Record<keyof SecondOrder, JsonSchema>,
  required: ['id', 'customer', 'amount', 'payload', 'status', 'version'] satisfies (keyof SecondOrder)[],
};

/** Components of all documents, by name. */
export const orderSchemas = {
  Order: orderSchema,
  OrderV2: secondOrderSchema,
  Orders: ordersSchema(refTo('Order')),
  OrdersV2: ordersSchema(refTo('OrderV2')),
};

/** One order, or several, in a version of the interface. */
export function orderRef(version: ApiVersion, isList: boolean): JsonSchema {
  return refTo(
    `${isList ? 'Orders' : 'Order'}${version === firstVersion ? '' : `V${version}`}` as keyof typeof orderSchemas,
  );
}

function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** What an operation is called in a version of the interface. */
export function operationIn(name: string, version: ApiVersion): string {
  return version === firstVersion ? name : `${name}V${version}`;
}

/** Of answers to calls of a version that is deprecated. */
export const noticeSchemas = {
  deprecation: { type: 'string', pattern: '^@\\d+$', description: 'Since when it is deprecated (RFC 9745).' },
  sunset: { type: 'string', description: 'When it goes away (RFC 8594).' },
} as const satisfies Record<keyof typeof noticeHeaders, JsonSchema>;

/** `order`: where the order's own schema stands in the document. */
function ordersSchema(order: JsonSchema): JsonSchema {
  return { type: 'array', description: 'The first orders that the service has.', items: order };
}

export const replyCodeSchema: JsonSchema = {
  type: 'string',
  enum: orderReplyCodes,
  description:
    'What became of the request: created, ok (done), accepted (on record, done afterwards), notFound, conflict, invalid, unavailable (perhaps another time), retired (its version is gone).',
};

export const actionSchema: JsonSchema = {
  type: 'string',
  enum: operationNames.map((name) => referenceOperations[name].action),
  description: 'What is to be done.',
};

const fieldTexts: Readonly<Record<string, string>> = {
  id: 'What the sender calls this request; the same when it sends it again.',
  order: 'The order that it is about.',
  key: 'Whose the new order is, or whose account is charged.',
  customer: 'Whose the new order is, or whose account is charged.',
  payload: 'What is written into the order.',
  version: 'Of the interface.',
  handOver: 'true: answered as soon as it is on record, done afterwards.',
};

/** A request of any kind, as one of a batch. */
export const anyItemSchema: JsonSchema = {
  type: 'object',
  description: 'A request; which fields it has depends on what is to be done.',
  properties: {
    ...textFields(Object.keys(fieldTexts)),
    action: actionSchema,
    handOver: { type: 'boolean', description: fieldTexts.handOver },
  },
  required: ['id', 'action'],
};

/** The fields of a request that `orderItemFields` writes: each of them text, or a truth. */
export function itemSchema(fields: Readonly<Record<string, string | boolean>>): JsonSchema {
  const { action, handOver, version, ...texts } = fields;
  const properties: Record<string, JsonSchema> = textFields(Object.keys(texts));
  if (version !== undefined) properties.version = { type: 'string', const: version, description: fieldTexts.version };
  if (action !== undefined)
    properties.action = { type: 'string', const: action, description: actionSchema.description };
  if (handOver !== undefined) properties.handOver = { type: 'boolean', description: fieldTexts.handOver };
  return { type: 'object', properties, required: Object.keys(fields).filter((name) => name !== 'handOver') };
}

function textFields(names: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, { type: 'string', description: fieldTexts[name] ?? name }]));
}
