/** Requests and replies of the services behind brokers, made of what their presets send. */
import { type ApiVersion, firstVersion } from '../../scenarios/api-versions.ts';
import { namesAnOrder, type ReferenceOperation } from '../../scenarios/operations.ts';
import type { PayloadCodec } from '../../scenarios/scenario.ts';
import { payloadContentTypes } from '../domain/item-fields.ts';
import { messageHeaders } from '../domain/order-message.ts';
import { brokerMessage } from '../driver-kit/broker-preset.ts';
import type { MessageDocument } from './async-api.ts';
import {
  actionSchema,
  itemSchema,
  type JsonSchema,
  noticeSchemas,
  orderRef,
  replyCodeSchema,
} from './order-schemas.ts';

const headerTexts: Readonly<Record<string, string>> = {
  [messageHeaders.version]: 'Of the interface; the body is then the whole request.',
  [messageHeaders.order]: 'The order that it is about.',
  [messageHeaders.key]: 'Whose the new order is, or whose account is charged; empty where it is neither.',
};

/** `own`: headers that this broker's protocol has no place for, by name what they say. */
export function brokerMessages(codec: PayloadCodec | undefined, own: Readonly<Record<string, string>> = {}) {
  return {
    request: (operation: ReferenceOperation, version: ApiVersion): MessageDocument => {
      const said = version === firstVersion ? undefined : version;
      const { headers, encoded } = brokerMessage(operation, codec, said);
      const fields = encoded.encoded?.fields ?? null;
      const payload = { type: 'string', description: 'What is written into the order, as it is.' };
      return {
        headers: headersSchema(headers, own),
        payload: fields === null ? payload : itemSchema(fields),
        contentType: fields === null ? 'text/plain' : payloadContentTypes[encoded.encoded?.codec ?? 'json'],
      };
    },
    reply: (operation: ReferenceOperation, version: ApiVersion): MessageDocument => ({
      headers: {
        type: 'object',
        properties: { [messageHeaders.code]: replyCodeSchema, ...noticeSchemas },
        required: [messageHeaders.code],
      },
      payload: { anyOf: [orderRef(version, !namesAnOrder(operation)), { type: 'null' }] },
      contentType: payloadContentTypes[codec ?? 'json'],
    }),
  };
}

function headersSchema(templates: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): JsonSchema {
  const ours = Object.entries(templates).map(([name, value]): [string, JsonSchema] => [
    name,
    name === messageHeaders.action || name === messageHeaders.version
      ? { type: 'string', const: value, description: headerTexts[name] ?? actionSchema.description }
      : { type: 'string', description: headerTexts[name] },
  ]);
  const others = Object.entries(own).map(([name, description]): [string, JsonSchema] => [
    name,
    { type: 'string', description },
  ]);
  return { type: 'object', properties: Object.fromEntries([...ours, ...others]), required: Object.keys(templates) };
}
