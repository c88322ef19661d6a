import { z } from 'zod';
import { object } from '../../schema/fields.ts';
import { headerName, headerValue, jsonPointer } from '../../schema/request-fields.ts';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

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
    headerName.refine((name) => !handshakesOwn.test(name), {
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
