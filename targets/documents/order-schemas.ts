/** Orders, requests and answers as JSON Schema (2020-12): what the documents of all protocols say of them. */
import { operationNames, referenceOperations } from '../../scenarios/operations.ts';
import { type Order, orderReplyCodes, orderStatuses } from '../domain/orders.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export const orderSchema: JsonSchema = {
  type: 'object',
  description: 'An order. Of a payment: what was paid for whom.',
  properties: {
    id: { type: 'string', description: 'What its sender calls it.' },
    key: { type: 'string', description: 'Whose it is: the customer, or the account that was charged.' },
    payload: { type: 'string', description: 'What its sender wrote into it.' },
    status: { type: 'string', enum: orderStatuses, description: 'Where it is in its life.' },
    version: { type: 'integer', minimum: 1, description: 'Counts from 1 and grows with each change.' },
  } satisfies Record<keyof Order, JsonSchema>,
  required: ['id', 'key', 'payload', 'status', 'version'] satisfies (keyof Order)[],
};

/** `order`: where the order's own schema stands in the document. */
export function ordersSchema(order: JsonSchema): JsonSchema {
  return { type: 'array', description: 'The first orders that the service has.', items: order };
}

export const replyCodeSchema: JsonSchema = {
  type: 'string',
  enum: orderReplyCodes,
  description:
    'What became of the request: created, ok (done), accepted (on record, done afterwards), notFound, conflict, invalid, unavailable (perhaps another time).',
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
  payload: 'What is written into the order.',
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
  const { action, handOver, ...texts } = fields;
  const properties: Record<string, JsonSchema> = textFields(Object.keys(texts));
  if (action !== undefined)
    properties.action = { type: 'string', const: action, description: actionSchema.description };
  if (handOver !== undefined) properties.handOver = { type: 'boolean', description: fieldTexts.handOver };
  return { type: 'object', properties, required: Object.keys(fields).filter((name) => name !== 'handOver') };
}

function textFields(names: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, { type: 'string', description: fieldTexts[name] ?? name }]));
}
