/** What is said of a measurement itself: verdicts, thresholds, warnings. */
import { z } from 'zod';
import { count, figure, type Immutable, someOf, text } from './fields.ts';

const remark = { code: text, message: text, remedy: text };

export const verdictStatuses = ['valid', 'suspect', 'invalid'] as const;

export const canarySchema = z
  .object({
    count,
    floorUs: count.describe('The fastest way from an answer to its record: what an undisturbed one takes.'),
    p50Us: figure,
    p90Us: figure,
    p99Us: figure,
  })
  .meta({
    id: 'Canary',
    description:
      'The instrument’s own error in a trial, from canaries: send lag plus the way from a known answer to its record, less the fastest of the latter. null: too few canaries for that percentile, of which ten must lie beyond.',
  });

const verdictFigureNames = [
  'sendLagP50Us',
  'sendLagP99Us',
  'sendLagMaxUs',
  'longestStallMs',
  'longestGcPauseMs',
  'gcShare',
  'droppedLateShare',
  'cpuPressure',
  'cpuSteal',
  'cpuBusy',
  'otherWork',
  'eventLoopUtilisation',
  'unexplainedCents',
] as const;

export const verdictFiguresSchema = someOf(verdictFigureNames, figure)
  .extend({
    canary: canarySchema
      .nullable()
      .describe('null: no canaries came back. Absent in results of earlier versions and of other engines.')
      .optional(),
  })
  .meta({
    id: 'VerdictFigures',
    description: 'What it was judged by, unit in the name, shares 0–1; null or absent: not known.',
  });

export const verdictReasonSchema = z.object({ ...remark, status: z.enum(['suspect', 'invalid']) });

export const verdictSchema = z
  .object({
    status: z.enum(verdictStatuses),
    reasons: z.array(verdictReasonSchema),
    sharesCores: z
      .boolean()
      .describe(
        'The load and what it was put on ran on the same cores, so that they took them from each other: what is true of these parts on these cores need not be true elsewhere. Absent in results of earlier versions: not known.',
      )
      .optional(),
    figures: verdictFiguresSchema.optional(),
  })
  .meta({ id: 'Verdict', description: 'About the measurement, never about the system under load.' });

export const agentSchema = z
  .object({
    name: text,
    host: text,
    cores: count,
    workers: z.object({ first: count, count }).describe('Numbers of its load workers.'),
    status: z.enum(verdictStatuses).describe('Of this agent alone; the verdict has the reasons.'),
    offered: count.describe('Operations of the measured phases; 0 of one that was lost, whose records are lost, too.'),
    sendLagP99Us: figure,
    canary: canarySchema.nullable().describe('null: no canaries came back.'),
    leadMs: figure.describe('Left until the start of the load when the agent heard of it.'),
    clock: z
      .object({ boundUs: figure, driftPpm: figure, roundTripUs: figure })
      .describe('How far the times of this host may be off from those of the run; the median round trip.'),
    cpuBusy: figure.describe('Of all cores’ time (0–1), by anything.'),
    throttled: figure.describe('Share of the time (0–1) in which its CPU limit held it up.'),
    lost: z
      .object({ why: text, atMs: z.number().describe('From the end of warm-up, below 0 within it.') })
      .describe('Absent: it played to the end.')
      .optional(),
  })
  .meta({ id: 'Agent', description: 'A process that made a share of the load, on this host or another.' });

export const thresholdSchema = z
  .object({
    expression: text,
    actual: figure.describe(
      'In the unit of the threshold’s metric: microseconds for latencies, a plain count or ratio otherwise.',
    ),
    status: z.enum(['pass', 'fail', 'noData']),
    trial: text.describe('The trial that decided, when there was one.').optional(),
  })
  .meta({ id: 'Threshold' });

export const warningSchema = z.object(remark).meta({ id: 'Warning' });

export type CanaryFigures = Immutable<z.infer<typeof canarySchema>>;
export type VerdictFigures = Immutable<z.infer<typeof verdictFiguresSchema>>;
export type VerdictReason = Immutable<z.infer<typeof verdictReasonSchema>>;
/** About the measurement, never about the system under load. */
export type Verdict = Immutable<z.infer<typeof verdictSchema>>;
export type AgentResult = Immutable<z.infer<typeof agentSchema>>;
export type ThresholdResult = Immutable<z.infer<typeof thresholdSchema>>;
export type Warning = Immutable<z.infer<typeof warningSchema>>;
