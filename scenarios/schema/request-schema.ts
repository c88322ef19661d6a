/** What the user's own system is sent for an operation; strings may hold {{id}} and the other values of an operation. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { lineText, object, wholeNumber } from './fields.ts';

/** Values of an operation that a request may hold as `{{name}}`. */
export const templateVariableNames = [
  'id',
  'key',
  'sequence',
  'payload',
  'payloadJson',
  'payloadBase64',
  'random',
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

const headers = z
  .record(
    z.string().refine((name) => check(() => validateHeaderName(name)), { error: 'is not the name of a header' }),
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
  headers,
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

export const grpcRequest = object({
  method: z
    .string()
    .regex(/^\/?[A-Za-z_][\w.]*\/[A-Za-z_]\w*$/, { error: 'is not of the form package.Service/Method' })
    .transform((method) => method.replace(/^\//, ''))
    .describe('package.Service/Method, unary.'),
  message: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Fields of the request message, as in its JSON form.'),
  metadata: headers.describe('Metadata by name.'),
});

const jsonPointer = z.string().regex(/^(\/([^/~]|~[01])*)+$/, { error: 'is not a JSON pointer, e.g. /id' });

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

export const queueRequest = object({
  exchange: lineText.max(255).default('').describe('Exchange; empty: the default one, which routes by queue name.'),
  routingKey: lineText.max(255).describe('Routing key, with the default exchange the queue.'),
  body,
  headers,
});

export const streamRequest = object({
  topic: z
    .string()
    .regex(/^(?!\.{1,2}$)[\w.-]{1,249}$/, { error: 'is not the name of a topic (letters, digits, . _ -)' })
    .describe('Topic.'),
  key: z.string().optional().describe('Message key; messages of one key keep their order.'),
  value: z.string().prefault('{{payload}}').describe('The message value.'),
  headers,
});
