/** Who calls which version of an interface, and who was told that it goes away. */
import { z } from 'zod';
import { count, type Immutable, text } from './fields.ts';

export const versionCallsSchema = z
  .object({
    operation: text,
    version: z.number().describe('Of the interface. Absent: of an own system, whose operations have none.').optional(),
    calls: count.describe('Operations begun.'),
    ok: count,
    retired: count.describe('Refused since the version is gone: 410 Gone, UNIMPLEMENTED, code `retired`.'),
    told: count
      .nullable()
      .describe('Answers that said it is deprecated (RFC 9745); null: this client does not read that.'),
    deprecation: text.nullable().describe('As such an answer had it last; null: none did.'),
    sunset: text.nullable().describe('When it goes away (RFC 8594), as such an answer had it last; null: not said.'),
    course: z
      .array(
        z.object({
          atMs: z.number().describe('Begin of the interval, from the end of warm-up.'),
          calls: count,
          told: count,
        }),
      )
      .describe('Over time, in equal intervals, by intended start; empty for an own system.'),
  })
  .meta({ id: 'VersionCalls', description: 'Calls of one operation, over the measured phases.' });

export type VersionCalls = Immutable<z.infer<typeof versionCallsSchema>>;
