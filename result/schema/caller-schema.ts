/** What one caller got. */
import { z } from 'zod';
import { count, type Immutable, text } from './fields.ts';
import { latencySummarySchema } from './latency-schema.ts';
import { countsSchema } from './phase-schema.ts';

export const callerSchema = z
  .object({
    name: text,
    holds: text.describe('What it shows: `valid`, `none`, `foreign`, `expired`, `early` or `forged`.'),
    mayBeServed: z.boolean().describe('Whether it is to be served: where nothing is asked for, everybody is.'),
    counts: countsSchema.describe('Without those that were refused as expected.'),
    refusedAsExpected: count.describe('Refused since it was to be: in no count of the result, nor in its errors.'),
    toldWhen: count.describe('Not ok in the end, and told when to come back (Retry-After, gRPC’s RetryInfo).'),
    refusals: z.record(text, count).describe('Of what was refused as expected, by reason.'),
    errors: z.record(text, count).describe('Of all else that was not ok, by reason.'),
    responseUs: latencySummarySchema,
  })
  .meta({ id: 'Caller', description: 'What one caller got, over the measured phases.' });

export type CallerResult = Immutable<z.infer<typeof callerSchema>>;
