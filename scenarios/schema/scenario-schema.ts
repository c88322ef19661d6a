/** The one definition of a scenario file. Its JSON Schema is generated from here. */
import { z } from 'zod';
import { phaseNames } from '../../result/result-types.ts';
import { targetSchema } from '../protocols/definitions.ts';
import { conditionSchema } from './condition-schema.ts';
import { evolutionSchema } from './evolution-schema.ts';
import { duration, entryName, lineText, named, object, wholeNumber } from './fields.ts';
import { loadSchema } from './load-schema.ts';
import { subscribersSchema } from './push-schema.ts';
import { resilienceSchema } from './resilience-schema.ts';
import { stackSchema } from './stack-schema.ts';
import { sweepSchema } from './sweep-schema.ts';
import { workloadSchema } from './workload-schema.ts';

/** Keys that a later version gives a meaning. */
export const reservedKeys: readonly string[] = ['direct', 'stages'];

const primarySchema = object({
  operation: entryName.describe('Name of an operation.'),
  metric: z.string().describe('A latency and its percentile, e.g. delivered p99.'),
  condition: entryName.describe('Name of a condition.'),
  phase: z.enum(phaseNames).optional().describe('Default: during where the condition has faults, else steady.'),
});

const threshold = z.union(
  [
    z.string(),
    object({
      check: z.string().describe('An errorRatio of all operations, e.g. "all errorRatio < 10%".'),
      stopAfter: duration('1s', '1h').describe(
        'A trial in which it does not hold over so long a time is ended, warm-up included.',
      ),
    }),
  ],
  { error: 'expected a threshold, or { check, stopAfter }' },
);

export const scenarioFileSchema = object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
      error: 'must consist of letters, digits, . - or _ (100 at most): it names folders',
    })
    .describe('Names the result folder.'),
  question: lineText.min(1).max(500).optional().describe('Printed first, answered first.'),
  primary: primarySchema.optional().describe('The one figure that is tested; everything else explores.'),
  workload: workloadSchema.describe('What is done.'),
  subscribers: subscribersSchema.optional(),
  load: loadSchema.describe('How much, and for how long.'),
  targets: named(targetSchema).describe('What is put under load, by name.'),
  conditions: named(conditionSchema).prefault({ calm: [] }).describe('Fault timelines by name; an empty list is calm.'),
  resilience: resilienceSchema.prefault({}).describe('Deadlines, time-outs and retries of the client.'),
  thresholds: z
    .array(threshold)
    .prefault([])
    .describe(
      'What must hold: <target|all> <metric> <op> <value> [in <phase or condition>…], e.g. "rest p99 < 100ms in calm"; { check, stopAfter } also ends a trial.',
    ),
  stack: stackSchema,
  repeats: wholeNumber(1, 1_000).default(1).describe('How often each trial is run.'),
  evolution: evolutionSchema,
  sweep: sweepSchema.optional().describe('Settings that are tried out. Left out: each target as it is written.'),
  allowHosts: z
    .array(lineText.min(1))
    .default([])
    .describe('Hosts outside loopback that load may be sent to, without port.'),
}).meta({ title: 'Wirebench scenario' });

/** What a valid file says: defaults filled in, units read; shares and defaults that depend on others are still open. */
export type ScenarioFile = z.output<typeof scenarioFileSchema>;

/** What is left of a file once its faulty parts are taken out: sections may be missing. */
export const partialFileSchema = scenarioFileSchema.partial();
export type PartialFile = z.output<typeof partialFileSchema>;
