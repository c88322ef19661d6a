/** The documents as files: for those who read before they start anything. */
import { join } from 'node:path';
import { rabbitmqAsyncApi } from '../queue/rabbitmq/asyncapi.ts';
import { openApiOf } from '../rest/openapi.ts';
import { streamAsyncApi } from '../stream/asyncapi.ts';
import { websocketAsyncApi } from '../websocket/asyncapi.ts';
import type { JsonSchema } from './order-schemas.ts';

export const documentFolder = join(import.meta.dirname, '..', '..', 'docs', 'api');

/** As of services that ask nobody who they are, and whose bodies are JSON. */
export function documentFiles(): readonly { readonly name: string; readonly document: JsonSchema }[] {
  return [
    { name: 'rest.openapi.json', document: openApiOf({ codec: 'json', isGuarded: false }) },
    { name: 'websocket.asyncapi.json', document: websocketAsyncApi() },
    { name: 'queue.asyncapi.json', document: rabbitmqAsyncApi(undefined) },
    { name: 'stream.asyncapi.json', document: streamAsyncApi(undefined) },
  ];
}

export function documentText(document: JsonSchema): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
