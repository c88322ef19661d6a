import { z } from 'zod';
import { duration, lineText, object, wholeNumber } from '../../schema/fields.ts';
import { messageBody } from '../../schema/request-fields.ts';
import type { HeaderValue } from './target.ts';

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
  body: messageBody,
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
