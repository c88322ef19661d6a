/** What happened in a trial, by its time. Milliseconds count from the end of warm-up. */
import { z } from 'zod';
import { breakerStates } from '../result-types.ts';
import { count, figure, type Immutable, settings, settingValue, text } from './fields.ts';

export const faultSchema = z
  .object({
    fault: text,
    link: text.nullable(),
    plannedAtMs: z.number().describe('Milliseconds after the end of warm-up.'),
    plannedForMs: z.number(),
    appliedAtMs: figure,
    removedAtMs: figure,
    settings,
    expected: text.describe('What a reader should expect this fault to do to this protocol, in one sentence.'),
    proof: z
      .record(text, settingValue.nullable())
      .nullable()
      .describe(
        'Evidence that it acted, e.g. probe round trips before and during in microseconds; null when it could not be proven.',
      ),
  })
  .meta({ id: 'Fault' });

export const breakerChangeSchema = z
  .object({
    atMs: z.number().describe('Milliseconds after the end of warm-up.'),
    state: z.enum(breakerStates),
    client: count.describe('Each load thread is a client of its own: its number, from 0.'),
  })
  .meta({ id: 'BreakerChange', description: 'A circuit breaker changed its state.' });

export const timelinePointSchema = z
  .object({
    atMs: z
      .number()
      .describe(
        'Start of the interval, milliseconds after the end of warm-up (negative within it). Intervals are equally long.',
      ),
    offered: count,
    ok: count,
    failed: count,
    timedOut: count,
    p50Us: figure,
    p90Us: figure.describe('Absent in results of earlier versions.').optional(),
    p99Us: figure,
  })
  .meta({
    id: 'TimelinePoint',
    description: 'Percentiles are of the ok ones; null where fewer than ten of them lie beyond.',
  });

export const backlogPointSchema = z
  .object({ atMs: z.number().describe('Milliseconds after the end of warm-up (negative within it).'), messages: count })
  .meta({ id: 'BacklogPoint' });

export const backlogSchema = z
  .object({
    counts: text.describe('What is counted, in words.'),
    points: z
      .array(backlogPointSchema)
      .describe(
        'About two a second, fewer in a long trial (then each the highest of several); none while the broker could not say.',
      ),
    highest: backlogPointSchema.nullable().describe('Of the measured part and the drain; null without points.'),
    redelivered: figure.describe(
      'Messages that reached the service with the broker’s word that it had sent them before; null: it has no such word.',
    ),
    rebalances: figure
      .describe(
        'How often our service joined its consumer group anew; null: no group, or not known. Absent in results of earlier versions.',
      )
      .optional(),
  })
  .meta({
    id: 'Backlog',
    description:
      'What waited in the broker for the consuming service, while the load lasted and until all was drained.',
  });

export const blockedPublishersSchema = z
  .object({ times: count, durationMs: count, reason: text.describe('As the broker puts it.') })
  .meta({
    id: 'BlockedPublishers',
    description:
      'How a broker held its publishers back, at an alarm of its memory or disk: what is published then it does not read.',
  });

export const warmupSchema = z.object({ durationMs: count, ended: z.enum(['planned', 'steady', 'notSteady']) }).meta({
  id: 'Warmup',
  description:
    'How the warm-up ended: as planned, or with `warmup: auto` once steady, or (`notSteady`) when the longest was over.',
});

export type FaultResult = Immutable<z.infer<typeof faultSchema>>;
/** A circuit breaker changed its state. */
export type BreakerChange = Immutable<z.infer<typeof breakerChangeSchema>>;
export type TimelinePoint = Immutable<z.infer<typeof timelinePointSchema>>;
export type BacklogPoint = Immutable<z.infer<typeof backlogPointSchema>>;
/** What waited in the broker for the consuming service. */
export type BacklogResult = Immutable<z.infer<typeof backlogSchema>>;
/** How a broker held its publishers back. */
export type BlockedPublishers = Immutable<z.infer<typeof blockedPublishersSchema>>;
export type WarmupResult = Immutable<z.infer<typeof warmupSchema>>;
