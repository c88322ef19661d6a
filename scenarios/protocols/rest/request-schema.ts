import { z } from 'zod';
import { object, wholeNumber } from '../../schema/fields.ts';
import { headerName, headerValue } from '../../schema/request-fields.ts';
import { multipartSchema, requestBodySchema } from './form.ts';

/** A second opinion on them would break the framing. */
const framing = /^(connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;
const restHeaders = z
  .record(
    headerName.refine((name) => !framing.test(name), { error: 'is the client’s own to set' }),
    headerValue,
  )
  .prefault({})
  .describe('Headers by name.');

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
  body: requestBodySchema,
  multipart: multipartSchema,
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

/** As a file has them, by operation. */
export type WrittenRequests = Readonly<Record<string, z.output<typeof restRequest>>>;
