/** Requests and replies of the services behind brokers, made of what their presets send. */
import { namesAnOrder, type ReferenceOperation } from '../../scenarios/operations.ts';
import type { PayloadCodec } from '../../scenarios/scenario.ts';
import { payloadContentTypes } from '../domain/item-fields.ts';
import { messageHeaders } from '../domain/order-message.ts';
import { brokerMessage } from '../driver-kit/broker-preset.ts';
import { type MessageDocument, orderRef, ordersRef } from './async-api.ts';
import { actionSchema, itemSchema, type JsonSchema, replyCodeSchema } from './order-schemas.ts';

const headerTexts: Readonly<Record<string, string>> = {
  [messageHeaders.order]: 'The order that it is about.',
  [messageHeaders.key]: 'Whose the new order is, or whose account is charged; empty where it is neither.',
};

/** `own`: headers that this broker's protocol has no place for, by name what they say. */
export function brokerMessages(codec: PayloadCodec | undefined, own: Readonly<Record<string, string>> = {}) {
  return {
    request: (operation: ReferenceOperation): MessageDocument => {
      const { headers, encoded } = brokerMessage(operation, codec);
      const fields = encoded.encoded?.fields ?? null;
      const payload = { type: 'string', description: 'What is written into the order, as it is.' };
      return {
        headers: headersSchema(headers, own),
        payload: fields === null ? payload : itemSchema(fields),
        contentType: codec === undefined ? 'text/plain' : payloadContentTypes[codec],
      };
    },
    reply: (operation: ReferenceOperation): MessageDocument => ({
      headers: {
        type: 'object',
        properties: { [messageHeaders.code]: replyCodeSchema },
        required: [messageHeaders.code],
      },
      payload: { anyOf: [namesAnOrder(operation) ? orderRef : ordersRef, { type: 'null' }] },
      contentType: payloadContentTypes[codec ?? 'json'],
    }),
  };
}

function headersSchema(templates: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): JsonSchema {
  const ours = Object.entries(templates).map(([name, value]): [string, JsonSchema] => [
    name,
    name === messageHeaders.action
      ? { type: 'string', const: value, description: actionSchema.description }
      : { type: 'string', description: headerTexts[name] },
  ]);
  const others = Object.entries(own).map(([name, description]): [string, JsonSchema] => [
    name,
    { type: 'string', description },
  ]);
  return { type: 'object', properties: Object.fromEntries([...ours, ...others]), required: Object.keys(templates) };
}
