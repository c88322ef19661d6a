/** What the user's own system is sent for an operation; strings may hold {{id}} and the other values of an operation. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import type { HeaderValue } from '../scenario.ts';
import { duration, lineText, object, wholeNumber } from './fields.ts';

/** Values of an operation that a request may hold as `{{name}}`. */
export const templateVariableNames = [
  'id',
  'key',
  'sequence',
  'payload',
  'payloadJson',
  'payloadBase64',
  'random',
  'traceId',
  'spanId',
] as const;

function check(test: () => void): boolean {
  try {
    test();
    return true;
  } catch {
    return false;
  }
}

const headerValue = z
  .union([z.string(), z.number(), z.boolean()], { error: 'expected text' })
  .transform(String)
  .refine((value) => check(() => validateHeaderValue('name', value)), {
    error: 'has a character that a header cannot have',
  });

const headerName = z
  .string()
  .refine((name) => check(() => validateHeaderName(name)), { error: 'is not the name of a header' });
const headers = z.record(headerName, headerValue).prefault({}).describe('Headers by name.');

/** A second opinion on them would break the framing. */
const framing = /^(connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;
const restHeaders = z
  .record(
    headerName.refine((name) => !framing.test(name), { error: 'is the client’s own to set' }),
    headerValue,
  )
  .prefault({})
  .describe('Headers by name.');

const body = z.string().prefault('{{payload}}').describe('The message body.');

export const restRequest = object({
  method: z
    .string()
    .regex(/^[A-Z][A-Z-]*$/, { error: 'is not an HTTP method (capital letters), e.g. POST' })
    .describe('HTTP method.'),
  path: z
    .string()
    .refine((path) => /^\/[\x21-\x7e]*$/.test(path.replace(/\{\{[^{}]*\}\}/g, '')), {
      error: 'begins with / and has neither spaces nor control characters',
    })
    .describe('Path and query, below the path of the address.'),
  headers: restHeaders,
  body: z.string().optional().describe('Request body; left out: none.'),
  expect: object({
    status: z
      .array(wholeNumber(100, 599))
      .min(1)
      .default([200, 201, 202, 204])
      .describe('Statuses that count as ok; others are rejected.'),
  })
    .prefault({})
    .describe('What counts as ok.'),
});

const grpcMessage = z.record(z.string(), z.unknown());

export const grpcRequest = object({
  method: z
    .string()
    .regex(/^\/?[A-Za-z_][\w.]*\/[A-Za-z_]\w*$/, { error: 'is not of the form package.Service/Method' })
    .transform((method) => method.replace(/^\//, ''))
    .describe('package.Service/Method, of any of the four kinds.'),
  message: grpcMessage.default({}).describe('Fields of the request message, as in proto3 JSON.'),
  messages: z
    .array(grpcMessage)
    .min(1)
    .max(10_000)
    .optional()
    .describe('Of a method that takes a stream: all that an operation sends, in order. Left out: the one `message`.'),
  completeAt: z
    .enum(['first', 'last'])
    .optional()
    .meta({ default: 'last' })
    .describe(
      'Of a method that answers with a stream. first: the operation completes with the first message, and the call is cancelled; last: with the status after the last one.',
    ),
  metadata: headers.describe('Metadata by name.'),
});

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const jsonPointer = z.string().regex(/^(\/([^/~]|~[01])*)+$/, { error: 'is not a JSON pointer, e.g. /id' });

const match = {
  pointer: jsonPointer.describe('JSON pointer to the value that tells.'),
  values: z.array(z.string()).min(1),
};

export const onOpen = z
  .array(
    object({
      send: z.string().min(1).describe('The text message that is sent.'),
      await: object({ ...match, values: match.values.describe('Values of the message that is waited for.') })
        .optional()
        .describe('What must come before anything else is sent. Left out: nothing is waited for.'),
    }),
  )
  .min(1)
  .max(20)
  .optional()
  .describe(
    'Own system: what is sent on each new connection before any operation, one after the other. Left out: nothing.',
  );

export const ignore = z
  .array(object({ ...match, values: match.values.describe('Values of messages that are no answers.') }))
  .min(1)
  .max(20)
  .optional()
  .describe('Own system: messages that it sends by itself and that are no answers; they are counted. Left out: none.');

const handshakesOwn = /^(host|connection|upgrade|sec-websocket-.*|content-length|transfer-encoding)$/i;

export const handshakeHeaders = z
  .record(
    z
      .string()
      .refine((name) => check(() => validateHeaderName(name)), { error: 'is not the name of a header' })
      .refine((name) => !handshakesOwn.test(name), {
        error: 'is the handshake’s own (sec-websocket-protocol: write subprotocol)',
      }),
    headerValue,
  )
  .optional()
  .describe('Own system: headers of the handshake by name. Left out: none beside those that every handshake has.');

export const subprotocol = z
  .union(
    [
      z
        .string()
        .regex(token)
        .transform((one): string[] => [one]),
      z.array(z.string().regex(token)).min(1).max(20),
    ],
    { error: 'expected a name, or a list of them, without spaces and commas' },
  )
  .optional()
  .describe('Own system: subprotocols that are offered; the server must choose one. Left out: none.');

export const webSocketRequest = object({
  message: z.string().min(1).describe('The text message that is sent.'),
  replyId: jsonPointer
    .optional()
    .describe('JSON pointer to the operation’s id in the answer; left out: answers come in the order of the messages.'),
  expect: object({
    pointer: jsonPointer.describe('JSON pointer to the value that tells.'),
    values: z.array(z.string()).min(1).describe('Values that count as ok; others are rejected.'),
  })
    .optional()
    .describe('What counts as ok; left out: every answer does.'),
});

const shortText = lineText.refine((text) => Buffer.byteLength(text) <= 255, { error: 'is longer than 255 bytes' });

/** Whole numbers beyond would not arrive as they are written. */
const headerNumber = z.number().refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), {
  error: 'is beyond what is exact; write it as text',
});

const typedHeader: z.ZodType<HeaderValue> = z.lazy(() =>
  z.union([z.string(), headerNumber, z.boolean(), z.null(), z.array(typedHeader), z.record(shortText, typedHeader)]),
);

const unsent = 'Left out: none.';
const messageProperties = object({
  contentType: shortText.optional().describe(`MIME type of the body. ${unsent}`),
  contentEncoding: shortText.optional().describe(`How the body is encoded. ${unsent}`),
  priority: wholeNumber(0, 255).optional().describe(`Priority, for queues with x-max-priority. ${unsent}`),
  correlationId: shortText
    .optional()
    .describe('Needs mandatory: false, and operations that end at the acknowledgement. Left out: the harness’s own.'),
  replyTo: shortText
    .optional()
    .describe(`Queue for an answer; the operation ends at the acknowledgement all the same. ${unsent}`),
  expiration: duration('0ms').optional().describe(`How long the message lives in a queue. ${unsent}`),
  messageId: shortText.optional().describe('Id of the message. Left out: {{id}}.'),
  timestamp: z
    .union([wholeNumber(0, 0xffff_ffff), z.literal('now')], { error: 'expected seconds since 1970, or now' })
    .optional()
    .describe(`Seconds since 1970, or now. ${unsent}`),
  type: shortText.optional().describe(`Type of the message. ${unsent}`),
  userId: shortText.optional().describe(`User; RabbitMQ refuses another one than the connection’s. ${unsent}`),
  appId: shortText.optional().describe(`Application. ${unsent}`),
});

export const queueRequest = object({
  exchange: lineText.max(255).default('').describe('Exchange; empty: the default one, which routes by queue name.'),
  routingKey: lineText.max(255).describe('Routing key, with the default exchange the queue.'),
  body,
  headers: z
    .record(shortText, typedHeader)
    .prefault({})
    .describe(
      'Headers by name, of the type that is written: text, whole number (int, long), number, true, list, table.',
    ),
  mandatory: z
    .boolean()
    .default(true)
    .describe('A message that no queue takes comes back, and its operation fails. false: the broker drops it.'),
  properties: messageProperties
    .optional()
    .describe(
      'Properties of the message; whether it is persistent says `durable`. Left out: none but messageId and correlationId.',
    ),
});

/** Values of an operation of which the characters are known. */
const topicName = /^(?!\.{1,2}$)(?:[\w.-]|\{\{\s*(?:id|key|sequence|random)\s*\}\}){1,249}$/;
const recordHeader = z.union([z.string(), z.number().transform(String), z.boolean().transform(String), z.null()], {
  error: 'expected text or null',
});

export const streamRequest = object({
  topic: z
    .string()
    .regex(topicName, {
      error: 'is not the name of a topic (letters, digits, . _ -; of {{…}} only id, key, sequence and random)',
    })
    .describe('Topic; with {{key}} and the like one of several, which are not looked up beforehand.'),
  key: z.string().optional().describe('Message key; messages of one key keep their order.'),
  partition: wholeNumber(0, 100_000).optional().describe('Partition; left out: by the key.'),
  value: z.string().nullable().prefault('{{payload}}').describe('The message value; null: a tombstone.'),
  headers: z.record(z.string(), recordHeader).prefault({}).describe('Headers by name, of any kind; null: no value.'),
});
