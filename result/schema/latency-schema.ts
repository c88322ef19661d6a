/** Latencies: summaries of a phase, and the counts of its blocks. */
import { z } from 'zod';
import { laterTimes, type rareTimes } from '../patterns.ts';
import { latencyNames, phaseNames } from '../result-names.ts';
import { allOf, count, figure, type Immutable, someOf, text } from './fields.ts';

const summaryFigures = ['min', 'mean', 'p50', 'p90', 'p99', 'p999', 'max'] as const;
const percentiles = ['p50', 'p90', 'p99', 'p999'] as const;

export const latencySummarySchema = z
  .object({
    count,
    each: count.describe('Samples of one operation, which are no chances of their own. Absent: 1.').optional(),
  })
  .extend(someOf(summaryFigures, figure).shape)
  .meta({
    id: 'LatencySummary',
    description:
      'Microseconds. Without samples only `count: 0`. A percentile is null when fewer than ten operations lie beyond it ("too few") or when it falls among operations that never completed ("not reached").',
  });

const { deliveredToAll, settled, ...always } = allOf(latencyNames, latencySummarySchema).shape;
const rare = { deliveredToAll: deliveredToAll.optional(), settled: settled.optional() } satisfies Record<
  (typeof rareTimes)[number],
  unknown
>;

/** In the order of their names. */
const summaryShape = Object.fromEntries(
  latencyNames.map((name) => [name, { ...always, ...rare }[name]]),
) as typeof always & typeof rare;

export const latencySummariesSchema = z.object(summaryShape).meta({
  id: 'LatencySummaries',
  description:
    '`offered` covers every offered operation, one that is not ok counting as infinitely late. `response` (intended start → completion) and `service` (first byte of the last attempt → completion) hold those that were ok. `acknowledged` (intended start → the earlier of confirm and reply, as the client saw it) covers every offered operation, one that nobody took counting as infinitely late. `delivered`, `started` and `applied` cover them in the same way; of a whole phase those that are judged by it, the one-way ones. Of what is published `delivered` covers each subscriber’s, and `deliveredToAll` the last subscriber’s; absent where nothing is. `settled` is of flows, likewise; absent where there are none. `failed` and `timedOut` hold intended start → failure of those that failed (rejected ones included) or timed out.',
});

const judgedTimes = ['offered', ...laterTimes] as const;

export const withinRunSchema = someOf(judgedTimes, someOf(percentiles, z.tuple([z.number(), figure]))).meta({
  id: 'WithinRun',
  description:
    '95 % intervals of percentiles from the blocks of this trial alone, µs: what the next run does differently is not in them. The upper end null: not reached. Absent percentiles have too few samples, or too few blocks.',
});

export const blocksSchema = z
  .object({
    blockMs: z.number().positive(),
    phases: someOf(phaseNames, z.record(text, someOf(judgedTimes, text))),
    happened: z
      .record(text, someOf(laterTimes, text))
      .describe('The same counts by when it happened, drain included: operation → time → counts.')
      .optional(),
  })
  .meta({
    id: 'Blocks',
    description:
      'Operations by block of the measured part, from the end of warm-up, by intended start: phase → operation → time → counts, written `12:14:1,9,40` (block, first bin, counts; bins are half octaves from 32 µs, the last one holds those that never got there).',
  });

/**
 * Microseconds. Without samples only `count: 0`. A percentile is null when fewer than ten samples lie beyond it ("too
 * few") or when it falls among operations that never completed ("not reached"); `percentileGap` tells the two apart.
 */
export type LatencySummary = Immutable<z.infer<typeof latencySummarySchema>>;
export type LatencySummaries = Immutable<z.infer<typeof latencySummariesSchema>>;
/** 95 % intervals of percentiles from the blocks of one trial alone, µs. */
export type WithinRun = Immutable<z.infer<typeof withinRunSchema>>;
/** As `block-counts.ts` writes them. */
export type BlocksResult = Immutable<z.infer<typeof blocksSchema>>;
