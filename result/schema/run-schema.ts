/** A whole result: what `result.json` holds. */
import { z } from 'zod';
import { semanticsVersion } from '../semantics-version.ts';
import { evolutionSchema } from './evolution-schema.ts';
import { type Immutable, instant, text } from './fields.ts';
import { planSchema } from './plan-schema.ts';
import { capacitySchema, tuningSchema } from './search-schema.ts';
import { trialSchema } from './trial-schema.ts';
import { thresholdSchema, warningSchema } from './verdict-schema.ts';

/** Grows when a reader of the shape before it would fail or be misled; docs/result.md tells what may change within one. */
export const schemaVersion = 1;

export const brokerWarmUpSchema = z
  .object({
    durationMs: z.number().describe('Of load that nobody recorded, before the first trial.'),
    steady: z.boolean().nullable().describe('Its CPU an operation no longer fell. null: nobody could read it.'),
    spread: z
      .number()
      .nullable()
      .describe('CPU an operation of the last three seconds, largest to smallest less 1. null: not known.'),
  })
  .meta({ id: 'BrokerWarmUp' });

export const environmentSchema = z
  .object({
    cpu: text,
    cores: z.number(),
    memoryBytes: z.number(),
    os: text,
    node: text,
    versions: z.record(text, text),
    support: z
      .record(text, text)
      .describe(
        'Of brokers: whose package it is and whether its makers still care for it. Absent in results of earlier versions.',
      )
      .optional(),
    warmUp: z
      .record(text, brokerWarmUpSchema)
      .describe('Of brokers that were started for the run, the latest. Absent in results of earlier versions.')
      .optional(),
    gitCommit: text.nullable(),
  })
  .meta({ id: 'Environment' });

export const satOutSchema = z
  .object({ target: text, condition: text, lacks: text.describe('E.g. `no broker`.') })
  .meta({
    id: 'SatOut',
    description: 'A target that was not played under a condition: it lacks what the condition’s faults act on.',
  });

export const pricesSchema = z
  .object({
    currency: text.min(1).max(10).describe('As it stands before an amount, e.g. EUR.'),
    coreHour: z.number().nonnegative().describe('Of one core for an hour.'),
    gigabyte: z.number().nonnegative().optional().describe('Of 10⁹ bytes over the network. Absent: left out.'),
    writtenGigabyte: z.number().nonnegative().optional().describe('Of 10⁹ bytes written to storage. Absent: left out.'),
  })
  .meta({
    id: 'Prices',
    description: 'What the reader of a report pays, of `bench report --price`; nothing is assumed.',
  });

export const runResultSchema = z.object({
  schemaVersion: z.literal(schemaVersion).describe('Of the shape; docs/result.md.'),
  semanticsVersion: z.literal(semanticsVersion).describe('Of what the figures mean; docs/figures.md.'),
  status: z.enum(['complete', 'partial', 'interrupted']),
  run: z.object({
    id: text,
    scenario: text,
    startedAt: instant,
    finishedAt: instant.nullable(),
    seed: z.number(),
    trialsPlanned: z.number().describe('So that a partial result tells how much is missing.'),
  }),
  environment: environmentSchema,
  plan: planSchema,
  trials: z.array(trialSchema),
  thresholds: z.array(thresholdSchema),
  satOut: z.array(satOutSchema).describe('Absent where every target plays every condition.').optional(),
  tuning: z.array(tuningSchema).describe('Of `bench tune`.').optional(),
  capacity: z.array(capacitySchema).describe('With `rate: max`.').optional(),
  evolution: evolutionSchema.describe('Of `evolution` of the scenario.').optional(),
  warnings: z.array(warningSchema),
  prices: pricesSchema.optional(),
});

export type BrokerWarmUp = Immutable<z.infer<typeof brokerWarmUpSchema>>;
export type EnvironmentResult = Immutable<z.infer<typeof environmentSchema>>;
/** A target that was not played under a condition: it lacks what the condition's faults act on. */
export type SatOutResult = Immutable<z.infer<typeof satOutSchema>>;
/** What the reader of a report pays; nothing is assumed. */
export type Prices = Immutable<z.infer<typeof pricesSchema>>;
export type RunResult = Immutable<z.infer<typeof runResultSchema>>;
