/** The account of a target whose reads are cached, or looked at: where answers came from, and whether they were stale. */
import { z } from 'zod';
import { count, figure, type Immutable } from './fields.ts';
import { latencySummarySchema } from './latency-schema.ts';

const answered = z.object({
  count,
  latencyUs: latencySummarySchema.describe('From the intended start to the end, of those that were ok.'),
});

const staleSchema = z
  .object({
    checked: count.describe('Reads that showed a version that is known.'),
    changes: count.describe('Newer versions that were acknowledged, warm-up included; 0: nothing could be stale.'),
    reads: count.describe(
      'Of the reads, what showed a version older than one that was acknowledged before it was sent.',
    ),
    illegal: count.describe('… longer before than max-age allows: of other kinds any.'),
    ageUs: latencySummarySchema.describe(
      'Of the stale ones: how long before they were sent a newer version was acknowledged.',
    ),
    overallUs: latencySummarySchema.describe('The same of all that were checked, 0 for those that were not stale.'),
    backwards: count.describe(
      'Reads that showed an older version than another read of the same client had shown, which was over before they were sent.',
    ),
    ownUnread: count.describe(
      'Reads that did not show what the same client itself had changed, and had been told is done, before they were sent.',
    ),
  })
  .meta({ id: 'StaleReads', description: 'By versions of 32 bits, which our service has as its entity tags.' });

export const cacheSchema = z
  .object({
    kind: z.enum(['none', 'etag', 'max-age']),
    at: z.enum(['client', 'gateway']),
    maxAgeSeconds: count.describe('0 but of max-age.'),
    clients: count,
    reads: count.describe('Reads that were ok.'),
    hit: answered.describe('Shown without asking.'),
    revalidated: answered.describe('Kept, asked about, and told that it still holds (304).'),
    replaced: answered.describe('Kept, asked about, and answered anew.'),
    miss: answered.describe('Not kept, and asked for.'),
    offered: count.describe('Reads, however they ended.'),
    originReads: figure.describe('Reads that our service has on record; null: it keeps none for us.'),
    originBytes: figure.describe(
      'Led over the link between gateway and service both ways, warm-up included; null: no such link.',
    ),
    kept: z
      .object({
        entries: count,
        bytes: count,
        evicted: count.describe('What had to go for others, warm-up included.'),
        sameUnderNewTag: count.describe(
          'Answers whose entity tag had changed, and byte by byte nothing else: each cost a whole answer for nothing.',
        ),
      })
      .nullable()
      .describe('Of the clients’ caches at the end; null: they have none.'),
    stale: staleSchema
      .nullable()
      .describe('null: no version is known, or several machines made the load, whose clocks differ.'),
  })
  .meta({ id: 'Cache', description: 'Of the measured phases, but for what says otherwise.' });

export type CacheResult = Immutable<z.infer<typeof cacheSchema>>;
export type StaleReads = Immutable<z.infer<typeof staleSchema>>;
