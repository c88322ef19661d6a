/** What happened in a trial, by its time. Milliseconds count from the end of warm-up. */
import { z } from 'zod';
import { breakerStates, phaseNames } from '../result-names.ts';
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
    circumstance: text
      .nullable()
      .optional()
      .describe(
        'When it acted, as the end of a sentence: `under added latency`. null: the condition’s name says more. Absent in results of earlier versions.',
      ),
    kills: z
      .boolean()
      .optional()
      .describe(
        'The process that it hit ended at once, with all that it held in memory. Absent: it did not, or the result is of an earlier version.',
      ),
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

export const drainSchema = z
  .object({
    fromMs: z.number().describe('When most waited, milliseconds after the end of warm-up.'),
    toMs: figure.describe(
      'When no more waited than before the first fault, or a fiftieth of the highest; null: not by the last look.',
    ),
    highest: count.describe('Messages that waited in the broker at fromMs.'),
    left: count.describe('… and at the last look.'),
    deliveredPerSecond: figure.describe(
      'Operations that reached the service for the first time, from fromMs to toMs, or to the last look.',
    ),
    live: z
      .object({ offered: count, delivered: count, p50Us: figure, p99Us: figure })
      .describe(
        'Of operations offered meanwhile: from the intended start to the service, one that never came infinitely late; null where fewer than ten lie beyond.',
      ),
  })
  .meta({ id: 'Drain', description: 'A backlog that faults had built was worked off.' });

export const blockedPublishersSchema = z
  .object({ times: count, durationMs: count, reason: text.describe('As the broker puts it.') })
  .meta({
    id: 'BlockedPublishers',
    description:
      'How a broker held its publishers back, at an alarm of its memory or disk: what is published then it does not read.',
  });

export const notableOperationSchema = z
  .object({
    operation: text,
    id: text.describe('As {{id}} in requests.'),
    traceId: text.nullable().describe('Of its traceparent; null: none was sent.'),
    phase: z.enum(phaseNames),
    atMs: z.number().describe('Intended start, milliseconds after the end of warm-up.'),
    afterUs: count.describe('From the intended start to its end.'),
    outcome: z.enum(['ok', 'rejected', 'failed', 'timedOut', 'dropped']),
    reason: text.describe('Why it was not ok; empty: it was.'),
  })
  .meta({ id: 'NotableOperation' });

export const notableSchema = z
  .object({
    slowest: z
      .array(notableOperationSchema)
      .describe('Of each operation the five slowest that were ok, slowest first.'),
    failed: z.array(notableOperationSchema).describe('Of each operation and reason the first three.'),
  })
  .meta({
    id: 'Notable',
    description: 'Single operations worth a look in logs and traces, those of the warm-up apart.',
  });

export const watchSchema = z
  .object({
    source: text.describe('`pid 4711`, `cgroup …`, `prometheus http://…`.'),
    cpuUs: figure.describe('Used over the measured phases.'),
    points: z
      .array(
        z.object({
          atMs: z.number().describe('Milliseconds after the end of warm-up.'),
          cores: figure.describe('CPU since the point before, in cores.'),
          memoryBytes: figure,
          metrics: z.record(text, figure).describe('By the names that the scenario has; null: not there.'),
        }),
      )
      .describe('About two a second, fewer in a long trial.'),
  })
  .meta({ id: 'Watch', description: 'What an own system used and said of itself while it was measured.' });

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
/** A backlog that faults had built was worked off. */
export type DrainResult = Immutable<z.infer<typeof drainSchema>>;
/** What waited in the broker for the consuming service. */
export type BacklogResult = Immutable<z.infer<typeof backlogSchema>>;
export type NotableOperation = Immutable<z.infer<typeof notableOperationSchema>>;
/** Single operations worth a look in logs and traces. */
export type NotableResult = Immutable<z.infer<typeof notableSchema>>;
/** What an own system used and said of itself. */
export type WatchResult = Immutable<z.infer<typeof watchSchema>>;
/** How a broker held its publishers back. */
export type BlockedPublishers = Immutable<z.infer<typeof blockedPublishersSchema>>;
export type WarmupResult = Immutable<z.infer<typeof warmupSchema>>;
