/** What `comparison.json` holds. Latencies are microseconds. */
import { z } from 'zod';
import { comparisonAnswers, comparisonMethods } from '../compare/comparison-names.ts';
import { count, figure, type Immutable, instant, settings, text } from './fields.ts';
import { verdictStatuses, warningSchema } from './verdict-schema.ts';

const differingText = text.nullable().describe('As JSON; null: there is none.');

/** Whose trials, under what. */
const place = {
  side: text.describe('Name of the side that is held against the base.'),
  target: text,
  variant: settings,
  condition: text,
};
const trials = { baseTrials: count, otherTrials: count };

export const comparedSideSchema = z
  .object({
    name: text.describe('As the reader named it: a folder, or `A` and `B`.'),
    runId: text,
    scenario: text,
    startedAt: instant,
    status: z.enum(['complete', 'partial', 'interrupted']),
    trials: count,
    settings: z
      .array(text)
      .describe(
        'Settings that only this side has, e.g. `workload.service.workTime=12ms`; the command that started its service.',
      ),
  })
  .meta({ id: 'ComparedSide' });

export const runDifferenceSchema = z
  .object({
    side: text.describe('Name of the other side; the one is the base.'),
    what: text.describe('E.g. `load.ratePerSecond`, `environment.cpu`, `targets.rest.connections`.'),
    base: differingText,
    other: differingText,
    refused: z.boolean().describe('Figures of the two are of different things: compared only when forced.'),
  })
  .meta({ id: 'RunDifference' });

const together = figure.describe('95 %, of all rows told at once together. null: not known.');
const alone = figure.describe('90 % of this row alone: the two one-sided tests, each at 5 %. null: not known.');

export const comparedRatioSchema = z
  .object({
    ratio: z.number().describe('Other ÷ base, geometric mean.'),
    ...{ low: together, high: together, low90: alone, high90: alone },
  })
  .meta({ id: 'ComparedRatio' });

const middle = figure.describe('Middle of its trials; null: not reached, or not known.');

export const comparisonRowSchema = z
  .object({
    ...place,
    phase: text,
    operation: text.nullable().describe('null: all operations together.'),
    metric: text.describe('E.g. `p99`, `delivered p99`, `goodput`.'),
    unit: z.enum(['us', 'perSecond', 'bytes', 'number']),
    higherIsBetter: z.boolean(),
    isPrimary: z.boolean().describe('The scenario’s one figure that is tested; the rest explores.'),
    base: middle,
    other: middle,
    ...trials,
    pairs: figure.describe('Pairs in time; null where there are none, as of stored runs.'),
    ratio: comparedRatioSchema.nullable(),
    answer: z.enum(comparisonAnswers),
    isDoubtful: z
      .boolean()
      .describe(
        'The trials themselves are doubtful (the machine was disturbed), so that their interval is worth nothing.',
      ),
    reason: text
      .nullable()
      .describe('Why nothing is told, or what is beside the interval, in one sentence; null: nothing.'),
    pairsNeeded: figure.describe(
      'Of `cannotTell`: so many interleaved pairs would tell ± `minEffect`; null: not known, or told.',
    ),
    tellsFrom: figure.describe(
      'The smallest change that would have been told, as a share (0.3: ± 30 %); null: not known.',
    ),
  })
  .meta({ id: 'ComparisonRow' });

export const comparisonCountSchema = z
  .object({
    ...place,
    what: text.describe('E.g. `lost`, `duplicatesApplied`, `failed`, `timedOut`.'),
    base: figure,
    other: figure,
    ...trials,
  })
  .meta({ id: 'ComparisonCount', description: 'A count over all trials that count. null: not known.' });

export const comparedCurveSchema = z
  .object({ ...place, phase: text, points: z.array(z.tuple([z.number(), count])) })
  .meta({
    id: 'ComparedCurve',
    description:
      'Latencies of every offered operation of a phase, all trials of a side that count together: quantile (0–1), microseconds. Left out: fewer than ten operations lie beyond, or it was not reached.',
  });

export const leftOutTrialSchema = z
  .object({ side: text, trial: text, verdict: z.enum(verdictStatuses), reason: text })
  .meta({ id: 'LeftOutTrial' });

export const gateResultSchema = z
  .object({
    expression: text.describe('As `--fail-on` has it.'),
    status: z
      .enum(['pass', 'fail', 'cannotTell'])
      .describe('`cannotTell`: the bound lies within an interval, or nothing fits the expression.'),
    rows: z.array(text).describe('Rows that decided, as `target condition phase operation metric`.'),
  })
  .meta({ id: 'GateResult' });

export const comparisonSchema = z.object({
  kind: z.literal('comparison'),
  schemaVersion: z.literal(1).describe('Of the shape; docs/result.md.'),
  semanticsVersion: z.number().describe('Of what the figures mean; docs/figures.md.'),
  status: z.enum(['complete', 'interrupted']).describe('`interrupted`: only blocks that were whole by then are in it.'),
  scenario: text,
  question: text.nullable(),
  method: z
    .enum(comparisonMethods)
    .describe(
      'What the intervals rest on. `interleaved`: A and B were played alternately on one machine, each block is a pair. `baselineNoise`: stored runs, widened by how much runs of the same differ by a stored A/A set. `stored`: stored runs alone; how much two runs of the same would differ is not known, so that only a large factor tells anything.',
    ),
  minEffect: z.number().describe('Share that anybody would act on: 0.05 is ± 5 %.'),
  blocks: z.array(z.enum(['AB', 'BA'])).describe('Of `interleaved`: the order of each block.'),
  sides: z.array(comparedSideSchema).describe('The first is the base.'),
  differences: z.array(runDifferenceSchema),
  isForced: z.boolean().describe('There are differences for which it would have been refused.'),
  rows: z.array(comparisonRowSchema).describe('The primary first.'),
  counts: z.array(comparisonCountSchema),
  curves: z.array(comparedCurveSchema).describe('Absent in results of earlier versions.').optional(),
  leftOut: z.array(leftOutTrialSchema),
  onlyOneHas: z.array(text).describe('What only one side has, in words.'),
  gates: z.array(gateResultSchema),
  warnings: z.array(warningSchema),
});

export type ComparedSide = Immutable<z.infer<typeof comparedSideSchema>>;
export type RunDifference = Immutable<z.infer<typeof runDifferenceSchema>>;
export type ComparedRatio = Immutable<z.infer<typeof comparedRatioSchema>>;
export type ComparisonRow = Immutable<z.infer<typeof comparisonRowSchema>>;
/** Of one target, variant and condition: what is counted, over all its trials that count. */
export type ComparisonCount = Immutable<z.infer<typeof comparisonCountSchema>>;
export type ComparedCurve = Immutable<z.infer<typeof comparedCurveSchema>>;
export type LeftOutTrial = Immutable<z.infer<typeof leftOutTrialSchema>>;
export type GateResult = Immutable<z.infer<typeof gateResultSchema>>;
export type ComparisonResult = Immutable<z.infer<typeof comparisonSchema>>;
