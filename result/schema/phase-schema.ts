/** A phase of a trial, and each operation in it. */
import { z } from 'zod';
import { patternNames } from '../patterns.ts';
import { count, figure, type Immutable, text } from './fields.ts';
import { latencySummariesSchema, latencySummarySchema, withinRunSchema } from './latency-schema.ts';

export const countsSchema = z
  .object({
    offered: count,
    ok: count,
    rejected: count,
    failed: count,
    timedOut: count,
    dropped: count,
    attempts: count,
    resent: count
      .describe(
        'Of the attempts: sent again by the client itself, the peer having said that it never looked at the one before. Absent: none.',
      )
      .optional(),
  })
  .meta({
    id: 'Counts',
    description:
      'offered = ok + rejected + failed + timedOut + dropped, always. `attempts`: those whose first byte was handed to a connection, retries included; an operation that never had one has none, and ends with the reason `notSent`.',
  });

export const policySchema = z
  .object({
    refused: count.describe('Rejected by the client itself, without any attempt.'),
    retriesDenied: count.describe('Retries that the retry budget did not allow.'),
    unsent: count.describe(
      'Never handed to a connection: the client’s waits, before connecting anew or for a free one, took all their time.',
    ),
    fallbacks: count.describe(
      'Operations that were not ok and that the client answered itself; their outcome stays what it was.',
    ),
    fallbackUs: latencySummarySchema.describe('Intended start → answered so.'),
    fallbackAgeUs: latencySummarySchema
      .describe('Of answers that were given before: how old they were. Absent: there were none.')
      .optional(),
    unanswered: count
      .describe(
        'Operations that were not ok, and the fallback had no answer either: nothing kept, or the second transport failed too. Absent: none.',
      )
      .optional(),
  })
  .meta({
    id: 'Policies',
    description:
      'What the client’s own policies did (`resilience` in a scenario). Absent in results of earlier versions and of other engines.',
  });

export const operationSchema = z
  .object({
    completion: z.enum(['replied', 'acknowledged', 'delivered']),
    pattern: z.enum(patternNames),
    counts: countsSchema,
    latencyUs: latencySummariesSchema,
    inServiceUs: latencySummarySchema
      .describe(
        'Received → applied by the evidence of our service, of operations whose answer waits for that. Absent: of others, and where nobody put it on record.',
      )
      .optional(),
    policies: policySchema.optional(),
    withinRunUs: withinRunSchema.optional(),
  })
  .meta({ id: 'Operation' });

export const phaseSchema = z
  .object({
    durationMs: count,
    plannedPerSecond: figure
      .describe('By the scenario; null: nobody planned a rate. Absent in results of other engines.')
      .optional(),
    offeredPerSecond: z.number(),
    goodputPerSecond: z.number().describe('Successful completions whose completion time lies in this phase, a second.'),
    counts: countsSchema,
    latencyUs: latencySummariesSchema,
    operations: z.record(text, operationSchema),
    policies: policySchema.optional(),
    errors: z.record(text, count).describe('Why operations were not ok, most frequent first: reason → count.'),
  })
  .meta({ id: 'Phase' });

/** offered = ok + rejected + failed + timedOut + dropped, always. */
export type Counts = Immutable<z.infer<typeof countsSchema>>;
/** What the client's own policies did; see `resilience` in a scenario. */
export type PolicyResult = Immutable<z.infer<typeof policySchema>>;
export type OperationResult = Immutable<z.infer<typeof operationSchema>>;
export type PhaseResult = Immutable<z.infer<typeof phaseSchema>>;
