/** How a service whose state is a log has folded it anew after it was gone. */
import { z } from 'zod';
import { count, figure, type Immutable, text } from './fields.ts';
import { latencySummarySchema } from './latency-schema.ts';

export const rebuildSchema = z
  .object({
    readyAfterUs: figure.describe(
      'From its start, process included, to the state that its log came to then; null: never.',
    ),
    readUs: figure.describe('Of that: reading and folding. null: it never ended.'),
    caughtUpUs: figure.describe('From then on until it had what was appended meanwhile; null: never.'),
    read: count.describe('Events that it read until it was ready.'),
    readPerSecond: figure.describe('Over `readUs`; null: not known, or nothing was read.'),
    isCompacted: z
      .boolean()
      .describe('Its log keeps the last event of each order and account: the others are gone on purpose.'),
    events: count.describe('Events that its state is made of, as it was ready; those of a snapshot as well.'),
    snapshotOf: figure.describe('Events of the snapshot that it began with; null: there was none.'),
    refusedReads: count.describe('Attempts to read that it refused, since it did not know its state yet.'),
    refusedChanges: count.describe('… and to change what it did not know yet.'),
    live: latencySummarySchema.describe(
      'Operations that make something new and so depend on no state, offered from when it served again until it was ready: intended start → acknowledged.',
    ),
    digest: text.nullable().describe('Of its state as it was ready; null: it never was.'),
    expected: z
      .object({ events: count, digest: text })
      .nullable()
      .describe(
        'What the harness makes of the same events itself, from the evidence and the records of its clients. null: not known.',
      ),
    undecided: count.describe(
      'Of the expected events those that were on their way to the log when the service was gone: only the log knows whether it had them.',
    ),
    isSame: z.boolean().nullable().describe('Whether both digests are the same; null: one is not known.'),
    failure: text.nullable().describe('Why its state is not what the log came to; null: it is.'),
  })
  .meta({ id: 'Rebuild' });

export type RebuildResult = Immutable<z.infer<typeof rebuildSchema>>;
