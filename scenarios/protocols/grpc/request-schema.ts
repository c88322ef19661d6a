import { z } from 'zod';
import { object } from '../../schema/fields.ts';
import { headerName, headerValue } from '../../schema/request-fields.ts';

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
  metadata: z.record(headerName, headerValue).prefault({}).describe('Metadata by name.'),
});
