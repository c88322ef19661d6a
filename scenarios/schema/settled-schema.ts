/** By which event a flow of an own system is settled: one of several places, each with keys of its own. */
import { z } from 'zod';
import type { TlsSettings } from '../access-settings.ts';
import type { EventId, SettledSettings, ValueMatch } from '../settled-settings.ts';
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
  poll: ['headers', 'every', 'tls', 'until'],
} as const satisfies Record<SettledSettings['by'], readonly string[]>;
export type SettledPlace = keyof typeof settledPlaces;
export const settledPlaceNames = Object.keys(settledPlaces) as SettledPlace[];

const told = z.union([z.string(), z.number(), z.boolean()], { error: 'expected text, a number, true or false' });
const headers = z
  .record(headerName, headerValue)
  .optional()
  .describe('Of the handshake (websocket) or of each request (poll). Left out: none beside the usual ones.');

export const settledSchema = object({
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
  poll: lineText
    .min(1)
    .optional()
    .describe(
      'What is asked with GET for each flow, e.g. http://127.0.0.1:8080/orders/{{id}}. Only {{id}} is known. Left out: it is seen elsewhere.',
    ),
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
  every: duration('5ms', '1h')
    .optional()
    .describe('With poll: wait between two requests for a flow. It is the resolution of `settled`. Left out: 100ms.'),
  id: z
    .union(
      [
        z.literal('key').describe('The key of a record of a topic.'),
        object({ pointer: jsonPointer.describe('JSON pointer into the event.') }),
        object({ header: lineText.min(1).describe('Name of a header; of RabbitMQ also correlation-id, message-id.') }),
      ],
      { error: 'expected { pointer: /orderId }, { header: order-id } or, of a topic, key' },
    )
    .optional()
    .describe(
      'Where the event holds the {{id}} that its operation was sent with. Left out: with poll, whose address holds it.',
    ),
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
  const { within: withinMs, id, until, headers = {}, every = 100 } = written;
  const base = { withinMs, ...(tls && { tls }) };
  const message = { ...base, id: id as EventId, ...(until && { until }) };
  if (written.poll !== undefined) {
    return { by: 'poll', url: written.poll, headers, everyMs: every, ...base, until: until as ValueMatch };
  }
  if (written.websocket !== undefined) {
    return { by: 'websocket', url: written.websocket, headers, send: written.send ?? [], ...message };
  }
  const from = written.address === undefined ? own : { ...written, tls };
  const address = from.address ?? '';
  const secured = from.tls && { tls: from.tls };
  if (written.topic !== undefined) {
    return {
      by: 'topic',
      topic: written.topic,
      ...message,
      address,
      ...secured,
      ...(from.sasl && { sasl: from.sasl }),
    };
  }
  const { user, password, vhost } = from;
  const login = { ...(user && { user }), ...(password && { password }), ...(vhost && { vhost }) };
  const broker = { ...message, address, ...secured, ...login };
  if (written.queue !== undefined)
    return { by: 'queue', queue: written.queue, mayDiscard: written.existing === 'discard', ...broker };
  return { by: 'exchange', exchange: written.exchange ?? '', routingKey: written.routingKey ?? '#', ...broker };
}
