/** AsyncAPI 3 documents of services that take messages: what all of them have in common. */
import { type ApiVersion, apiVersions, firstVersion } from '../../scenarios/api-versions.ts';
import { operationNames, type ReferenceOperation, referenceOperations } from '../../scenarios/operations.ts';
import { documentInfo } from './document-info.ts';
import { type JsonSchema, operationIn, orderSchemas } from './order-schemas.ts';

/** A message, in the words of AsyncAPI: `payload` and `headers` as JSON Schema. */
export interface MessageDocument {
  readonly payload: JsonSchema;
  readonly headers?: JsonSchema;
  readonly contentType: string;
}

export interface AsyncApiOptions {
  readonly title: string;
  /** Of the server, as AsyncAPI names it: `ws`, `amqp`, `kafka`. */
  readonly protocol: string;
  /** Where requests arrive, and where replies leave: null where the request says so. */
  readonly addresses: { readonly requests: string; readonly replies: string | null };
  request(operation: ReferenceOperation, version: ApiVersion): MessageDocument;
  reply(operation: ReferenceOperation, version: ApiVersion): MessageDocument;
  /** Where a reply finds the way back, as a runtime expression; left out: on the same connection. */
  readonly replyTo?: { readonly location: string; readonly description: string };
  /** Where request and reply say which belongs to which; left out: in a property of the protocol's own. */
  readonly correlation?: { readonly request: string; readonly reply: string };
}

export function asyncApiOf(options: AsyncApiOptions): JsonSchema {
  const { title, protocol, addresses } = options;
  const isOneChannel = addresses.replies === addresses.requests;
  const replyChannel = isOneChannel ? 'requests' : 'replies';
  const described = apiVersions.flatMap((version) =>
    operationNames.map((name): Described => {
      return { name, version, called: operationIn(name, version), operation: referenceOperations[name] };
    }),
  );
  const messages = (end: 'request' | 'reply') =>
    Object.fromEntries(described.map((one) => [`${one.called}.${end}`, messageOf(one, end, options)]));
  const requests = messages('request');
  const replies = messages('reply');
  return {
    asyncapi: '3.0.0',
    info: documentInfo(title),
    defaultContentType: 'application/json',
    servers: { service: { host: 'localhost', protocol, description: 'Where the service, or its broker, listens.' } },
    channels: {
      requests: {
        address: addresses.requests,
        description: isOneChannel ? 'Requests and their answers.' : 'What is asked of the service.',
        messages: isOneChannel ? { ...requests, ...replies } : requests,
      },
      ...(!isOneChannel && {
        replies: { address: addresses.replies, description: 'What became of it.', messages: replies },
      }),
    },
    operations: Object.fromEntries(
      described.map(({ called, name, version }) => [
        called,
        {
          action: 'receive',
          channel: { $ref: '#/channels/requests' },
          summary: summaryOf(name, version),
          messages: [{ $ref: `#/channels/requests/messages/${called}.request` }],
          reply: {
            ...(options.replyTo && { address: options.replyTo }),
            channel: { $ref: `#/channels/${replyChannel}` },
            messages: [{ $ref: `#/channels/${replyChannel}/messages/${called}.reply` }],
          },
        },
      ]),
    ),
    components: { schemas: orderSchemas },
  };
}

interface Described {
  readonly name: string;
  /** With its version. */
  readonly called: string;
  readonly version: ApiVersion;
  readonly operation: ReferenceOperation;
}

function messageOf(
  { name, called, version, operation }: Described,
  end: 'request' | 'reply',
  options: AsyncApiOptions,
): JsonSchema {
  const location = options.correlation?.[end];
  return {
    name: `${called}.${end}`,
    title: end === 'request' ? summaryOf(name, version) : `What became of ${called}`,
    ...options[end](operation, version),
    ...(location !== undefined && { correlationId: { location, description: 'The same in request and reply.' } }),
  };
}

const summaries: Readonly<Record<string, string>> = {
  placeOrder: 'Place an order',
  getOrder: 'Read an order',
  updateOrder: 'Write another payload into an order',
  cancelOrder: 'Cancel an order',
  listOrders: 'Read the first orders',
  payOrder: 'Charge an account',
};

/** In words; an operation without any is called by its name. */
function summaryOf(name: string, version: ApiVersion): string {
  return `${summaries[name] ?? name}${version === firstVersion ? '' : `, version ${version}`}`;
}
