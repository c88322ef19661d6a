/** What searches found: the highest rate, the best settings. */
import { z } from 'zod';
import { count, figure, type Immutable, settings, text } from './fields.ts';
import { verdictStatuses } from './verdict-schema.ts';

const variant = settings.describe('{}: the target as the scenario writes it.');

const limitingParts = ['generator', 'machine', 'service', 'broker', 'network', 'connections'] as const;

export const capacityLimitSchema = z
  .object({
    part: z
      .enum(limitingParts)
      .nullable()
      .describe(
        'What kept a system from a higher rate; `machine`: its CPUs, which all parts share. null: nothing of what is measured was at its end.',
      ),
    evidence: text.describe('What it was read from, in one sentence.'),
  })
  .meta({ id: 'CapacityLimit' });

export const capacitySchema = z
  .object({
    target: text,
    condition: text,
    variant: variant.describe('Of a sweep; absent: the target as written.').optional(),
    slo: z.array(text),
    ratePerSecond: figure.describe('null: none was confirmed.'),
    ended: z
      .enum(['confirmed', 'ceiling', 'floor', 'unconfirmed', 'interrupted'])
      .describe('`ceiling`, `floor`: of the rates that were to be tried.'),
    missedPerSecond: figure.describe('Lowest rate at which an objective was missed; null: none was.'),
    limit: capacityLimitSchema.nullable().describe('null: no rate was missed.'),
    probes: z
      .array(
        z.object({
          trial: text,
          ratePerSecond: z.number(),
          purpose: z.enum(['probe', 'confirm']),
          missed: z.array(text),
        }),
      )
      .describe(
        'In the order in which they were played. `missed`: objectives and doubts of the verdict that stood against it.',
      ),
    cost: z
      .array(z.object({ trial: text, share: z.number().describe('Of the highest rate.'), ratePerSecond: z.number() }))
      .describe('Trials of what operations cost, at shares of the highest rate. Absent: not asked for.')
      .optional(),
  })
  .meta({
    id: 'Capacity',
    description: '`rate: max`: the highest rate within the objectives, and the trials that were played to find it.',
  });

export const tuningCandidateSchema = z
  .object({
    variant,
    value: figure.describe('Of the objective’s metric, in its unit; null: not known, or not reached.'),
    verdict: z.enum(verdictStatuses).describe('Of its trial; absent in results of earlier versions.').optional(),
    isWithin: z
      .boolean()
      .nullable()
      .describe('The objective’s conditions hold; null: not known, as of an invalid trial.'),
    latencyUs: figure.describe('The percentile that `percentile` of the tuning names.'),
    goodputPerSecond: figure,
    cpuUsPerOperation: figure.describe('Of generator, service and broker together; the proxy is left out.'),
    bytesPerOperation: figure,
    isOnFront: z
      .boolean()
      .describe('No other is at least as good in latency, goodput, CPU and bytes, and better in one.'),
  })
  .meta({
    id: 'TuningCandidate',
    description: 'One variant of a survey: what it reached, and whether any other is better in all of it.',
  });

const finalist = z.object({
  variant,
  against: z
    .object({ ratio: z.number(), low: z.number(), high: z.number(), pairs: count })
    .nullable()
    .describe('Its value ÷ that of the target as written, over the repeats, with the 95 % interval; null: not known.'),
  doubtful: z
    .object({ suspect: count, trials: count })
    .describe('Of its trials and those of the target as written, which both count; absent where none is suspect.')
    .optional(),
  notReached: z
    .object({ own: count, asWritten: count, repeats: count })
    .describe('Repeats in which the value was not reached, so that there is no ratio; absent where it always was.')
    .optional(),
  isBetter: z.boolean(),
  side: z
    .enum(['better', 'worse', 'notToldApart'])
    .describe('By the interval, which holds for all finalists together; absent in results of earlier versions.')
    .optional(),
});

export const tuningSchema = z
  .object({
    target: text,
    condition: text,
    objective: text,
    percentile: z.enum(['p99', 'p90', 'p50']).describe('The highest that all variants of the survey have.'),
    survey: z.array(tuningCandidateSchema).describe('All variants, best first.'),
    finalists: z.array(finalist).describe('Measured again beside the target as written; best first by these repeats.'),
  })
  .meta({
    id: 'Tuning',
    description: '`bench tune`: what a sweep found for a target, and what it is worth beside the target as written.',
  });

/** What kept a system from a higher rate. `machine`: its CPUs, which all parts share. */
export type LimitingPart = (typeof limitingParts)[number];
export type CapacityLimit = Immutable<z.infer<typeof capacityLimitSchema>>;
/** `rate: max`: the highest rate within the objectives, and the trials that were played to find it. */
export type CapacityResult = Immutable<z.infer<typeof capacitySchema>>;
/** One variant of a survey: what it reached, and whether any other is better in all of it. */
export type TuningCandidate = Immutable<z.infer<typeof tuningCandidateSchema>>;
/** `bench tune`: what a sweep found for a target, and what it is worth beside the target as written. */
export type TuningResult = Immutable<z.infer<typeof tuningSchema>>;
