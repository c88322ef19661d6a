/** What readers need of the scenario as it was resolved. */
import { z } from 'zod';
import { patternNames } from '../patterns.ts';
import { phaseNames } from '../result-names.ts';
import { count, type Immutable, text } from './fields.ts';

export const primaryMetricSchema = z
  .object({
    operation: text,
    metric: text.describe('`<latency name> <percentile>`, e.g. `delivered p99`.'),
    condition: text,
    phase: z.enum(phaseNames),
  })
  .meta({
    id: 'PrimaryMetric',
    description: 'The one figure that the scenario tests; everything else explores.',
  });

const stage = z.object({ forMs: count, fromPerSecond: z.number(), toPerSecond: z.number() });

const resilience = z.object({
  deadlineMs: z.number().describe('Of an operation, from its intended start.').optional(),
});

export const planSchema = z
  .object({
    name: text,
    question: text.optional(),
    primary: primaryMetricSchema.optional(),
    workload: z.object({
      operations: z.record(
        text,
        z.object({
          does: text.describe('Of the reference services; absent: what it is called.').optional(),
          weight: z.number(),
          ratePerSecond: z.number().describe('Its own part of the rate; absent: by weight.').optional(),
          timeoutMs: z.number().describe('Of an attempt; absent: the client’s.').optional(),
          pattern: z.enum(patternNames),
          payload: text.optional(),
        }),
      ),
      service: z.object({ workTimeMs: z.number().optional() }).optional(),
      payloads: z.record(text, z.object({ sizeBytes: count.optional(), entropy: z.number().optional() })),
    }),
    load: z.object({
      model: z.enum(['open', 'closed']),
      arrivals: text.optional(),
      ratePerSecond: z.number().describe('With stages: the highest.').optional(),
      stages: z
        .array(stage)
        .describe('Of the measured part, one after the other; absent in results of earlier versions.')
        .optional(),
      users: count.optional(),
      userStages: z
        .array(z.object({ forMs: z.number(), fromUsers: count, toUsers: count }))
        .describe('Of a closed load whose users become more or fewer; `users` are the most there are.')
        .optional(),
      warmupMs: count,
      warmupUntilSteady: z.boolean().optional(),
      durationMs: count,
    }),
    targets: z
      .record(text, z.object({ resilience: resilience.optional() }))
      .describe('By name; `resilience` only where it is not the scenario’s.')
      .optional(),
    resilience: resilience.optional(),
    conditions: z.record(text, z.array(z.unknown())),
    repeats: z.number(),
  })
  .meta({
    id: 'Plan',
    description: 'The resolved scenario, whole; only what is named here keeps its place between versions.',
  });

/** The one figure that the scenario tests; everything else explores. */
export type PrimaryMetric = Immutable<z.infer<typeof primaryMetricSchema>>;
/** What the reports read of the resolved scenario; result.json holds the whole of it under `plan`. */
export type PlanView = Immutable<z.infer<typeof planSchema>>;
