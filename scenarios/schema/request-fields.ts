/** What requests of own systems are made of; strings may hold {{id}} and the other values of an operation. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';

function passes(test: () => void): boolean {
  try {
    test();
    return true;
  } catch {
    return false;
  }
}

export const headerValue = z
  .union([z.string(), z.number(), z.boolean()], { error: 'expected text' })
  .transform(String)
  .refine((value) => passes(() => validateHeaderValue('name', value)), {
    error: 'has a character that a header cannot have',
  });

export const headerName = z
  .string()
  .refine((name) => passes(() => validateHeaderName(name)), { error: 'is not the name of a header' });

export const messageBody = z.string().prefault('{{payload}}').describe('The message body.');

export const jsonPointer = z.string().regex(/^(\/([^/~]|~[01])*)+$/, { error: 'is not a JSON pointer, e.g. /id' });
