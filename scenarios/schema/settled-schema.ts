/**
 * Where events of an own system are seen: one of several places, each with keys of its own. One settles a flow, or all are
 * what it publishes.
 */
import { z } from 'zod';
import type { TlsSettings } from '../access-settings.ts';
import { grpcRequest } from '../protocols/grpc/request-schema.ts';
import type { EventId, EventPlace, SettledSettings, ValueMatch } from '../settled-settings.ts';
import { credential, duration, lineText, object } from './fields.ts';
import { headerName, headerValue, jsonPointer } from './request-fields.ts';
import { saslSchema } from './sasl-schema.ts';
import { tlsSchema } from './tls-schema.ts';

/** Where the event may be seen, and what else may then be said. */
export const settledPlaces = {
  topic: ['address', 'tls', 'sasl', 'id', 'until'],
  queue: ['existing', 'address', 'tls', 'user', 'password', 'vhost', 'id', 'until'],
  exchange: ['routingKey', 'address', 'tls', 'user', 'password', 'vhost', 'id', 'until'],
  websocket: ['headers', 'send', 'tls', 'id', 'until'],
  sse: ['headers', 'tls', 'id', 'until'],
  poll: ['headers', 'every', 'tls', 'until'],
} as const satisfies Record<SettledSettings['by'], readonly string[]>;
export type SettledPlace = keyof typeof settledPlaces;
export const settledPlaceNames = Object.keys(settledPlaces) as SettledPlace[];

const { poll: _asked, ...toldPlaces } = settledPlaces;
/** Likewise, of what is published. */
export const eventPlaces = { ...toldPlaces, stream: ['message', 'headers', 'id'] } as const satisfies Record<
  EventPlace['by'],
  readonly string[]
>;

const told = z.union([z.string(), z.number(), z.boolean()], { error: 'expected text, a number, true or false' });
const headers = z
  .record(headerName, headerValue)
  .optional()
  .describe(
    'Of the handshake (websocket), of the request (sse, poll), or metadata (stream). Left out: the usual ones.',
  );

const eventPlaceShape = {
  topic: lineText
    .min(1)
    .max(249)
    .optional()
    .describe('Topic of Kafka, read from its end by a group of our own. Left out: it is seen elsewhere.'),
  queue: lineText
    .min(1)
    .max(255)
    .optional()
    .describe('Queue of RabbitMQ that exists; its messages are taken. Left out: it is seen elsewhere.'),
  existing: z
    .enum(['refuse', 'discard'])
    .optional()
    .meta({ default: 'refuse' })
    .describe('With queue: messages of others in it. refuse: they stay, and the run ends; discard: they are lost.'),
  exchange: lineText
    .min(1)
    .max(255)
    .optional()
    .describe(
      'Exchange of RabbitMQ that exists; an exclusive queue of our own is bound to it. Left out: it is seen elsewhere.',
    ),
  routingKey: lineText.max(255).optional().meta({ default: '#' }).describe('Of the binding to `exchange`.'),
  websocket: lineText
    .min(1)
    .optional()
    .describe('Where the events are pushed, e.g. ws://127.0.0.1:8081/events. Left out: it is seen elsewhere.'),
  sse: lineText
    .min(1)
    .optional()
    .describe('Where they come as server-sent events, e.g. http://127.0.0.1:8080/events. Left out: seen elsewhere.'),
  address: lineText
    .min(1)
    .optional()
    .describe('Of the broker of `topic`, `queue` or `exchange`. Left out: the target’s own, with its login.'),
  tls: tlsSchema.optional(),
  sasl: saslSchema.optional().describe('With topic and address: how to log in. Left out: nobody does.'),
  user: credential.optional().describe('With queue or exchange: who logs in. Left out: as the address says.'),
  password: credential.optional().describe('Of the user; best from the environment. Left out: as the address says.'),
  vhost: lineText.min(1).max(255).optional().describe('Virtual host. Left out: as the address says.'),
  headers,
  send: z
    .array(z.string().min(1))
    .min(1)
    .max(20)
    .optional()
    .describe('With websocket: text messages that subscribe, sent once it is open. Left out: none.'),
  id: z
    .union(
      [
        z.literal('key').describe('The key of a record of a topic.'),
        object({ pointer: jsonPointer.describe('JSON pointer into the event.') }),
        object({
          header: lineText
            .min(1)
            .describe(
              'Name of a header; of RabbitMQ also correlation-id, message-id, of server-sent events id, event.',
            ),
        }),
      ],
      { error: 'expected { pointer: /orderId }, { header: order-id } or, of a topic, key' },
    )
    .optional()
    .describe(
      'Where the event holds the {{id}} that its operation was sent with. Left out: with poll, whose address holds it.',
    ),
};

export const settledSchema = object({
  ...eventPlaceShape,
  poll: lineText
    .min(1)
    .optional()
    .describe(
      'What is asked with GET for each flow, e.g. http://127.0.0.1:8080/orders/{{id}}. Only {{id}} is known. Left out: it is seen elsewhere.',
    ),
  every: duration('5ms', '1h')
    .optional()
    .describe('With poll: wait between two requests for a flow. It is the resolution of `settled`. Left out: 100ms.'),
  until: object({
    pointer: jsonPointer.describe('JSON pointer to the value that tells.'),
    equals: z
      .union([told.transform((one) => [one]), z.array(told).min(1)], { error: 'expected a value, or a list of them' })
      .transform((all): string[] => all.map(String))
      .describe('One of these settles.'),
  })
    .optional()
    .describe('Which events settle. Left out: each with the id of a flow.'),
  within: duration('10ms', '1h')
    .prefault('10s')
    .describe(
      'What settles later after its intended start is late; what is open is waited for so long after the load.',
    ),
}).describe(
  'Own system: by which event, seen where, a flow is settled. Operations with `pattern: flow` need it. Left out: there are none.',
);
export type WrittenSettled = z.output<typeof settledSchema>;

export const eventsSchema = object({
  ...eventPlaceShape,
  stream: grpcRequest.shape.method
    .optional()
    .describe(
      'Of a gRPC target: its method, package.Service/Method, that answers with them. Left out: seen elsewhere.',
    ),
  message: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('With stream: fields of the request message. Left out: none.'),
}).describe(
  'Own system: where its subscribers have what it publishes, each for itself. Operations with `pattern: publish` need it. Left out: nobody listens.',
);
export type WrittenEvents = z.output<typeof eventsSchema>;

/** Whose broker it is when the event's own is not named. */
export interface OwnBroker {
  readonly address?: string | undefined;
  readonly tls?: TlsSettings | undefined;
  readonly sasl?: WrittenSettled['sasl'];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly vhost?: string | undefined;
}

/** `written` has passed all checks; `tls` is resolved. */
export function resolveSettled(written: WrittenSettled, own: OwnBroker, tls: TlsSettings | undefined): SettledSettings {
  const { within: withinMs, poll, until, headers = {}, every = 100, ...place } = written;
  if (poll !== undefined) {
    return {
      by: 'poll',
      url: poll,
      headers,
      everyMs: every,
      ...(tls && { tls }),
      withinMs,
      until: until as ValueMatch,
    };
  }
  const seen = resolveEvents({ ...place, headers }, own, tls) as Exclude<EventPlace, { readonly by: 'stream' }>;
  return { ...seen, ...(until && { until }), withinMs };
}

/** Likewise. */
export function resolveEvents(written: WrittenEvents, own: OwnBroker, tls: TlsSettings | undefined): EventPlace {
  const { id, headers = {}, send = [], message: request = {} } = written;
  const message = { id: id as EventId, ...(tls && { tls }) };
  if (written.websocket !== undefined) return { by: 'websocket', url: written.websocket, headers, send, ...message };
  if (written.sse !== undefined) return { by: 'sse', url: written.sse, headers, ...message };
  if (written.stream !== undefined) {
    return { by: 'stream', method: written.stream, message: request, headers, ...message };
  }
  const from = written.address === undefined ? own : { ...written, tls };
  const place = { ...message, address: from.address ?? '', ...(from.tls && { tls: from.tls }) };
  if (written.topic !== undefined) {
    return { by: 'topic', topic: written.topic, ...place, ...(from.sasl && { sasl: from.sasl }) };
  }
  const { user, password, vhost } = from;
  const broker = { ...place, ...(user && { user }), ...(password && { password }), ...(vhost && { vhost }) };
  if (written.queue !== undefined)
    return { by: 'queue', queue: written.queue, mayDiscard: written.existing === 'discard', ...broker };
  return { by: 'exchange', exchange: written.exchange ?? '', routingKey: written.routingKey ?? '#', ...broker };
}
