/** Versions of the reference services' interface, as a scenario names them. */
import { z } from 'zod';
import { apiVersions } from '../api-versions.ts';
import { object } from './fields.ts';

export const apiVersionSchema = z.literal(apiVersions);

const date = z.iso.date({ error: 'must be a date: 2026-12-31' });

export const deprecatedSchema = object({
  version: apiVersionSchema.describe('Which one.'),
  since: date.describe('From that day on it is deprecated (RFC 9745), UTC.'),
  sunset: date.optional().describe('On that day it goes away (RFC 8594), UTC. Left out: nothing is said of that.'),
})
  // RFC 9745 §4. Dates of this form are in the order of their texts.
  .refine(({ since, sunset }) => sunset === undefined || sunset >= since, {
    ...{ path: ['sunset'], error: 'is before since: what is not deprecated yet cannot go away' },
  })
  .optional()
  .describe(
    'Every answer to a call of this version says so: headers `deprecation` and `sunset`, over WebSockets fields of the message. Left out: no version is deprecated.',
  );
