/** How much of it, and for how long. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { needsUnit, quantityPattern } from '../../result/quantity.ts';
import { type ArrivalProfile, type arrivalTimeUnits, profileArrivals, readArrivalFile } from '../arrival-file.ts';
import { duration, lineText, object, quantity, wholeNumber } from './fields.ts';

export const mostInFlight = 1_000_000;

/** `warmup: auto` gives up after this long. */
export const longestAutoWarmupMs = 30_000;

const warmupTime = duration('0ms', '1h');
const warmup = z
  .string({
    error: ({ input }) => (typeof input === 'number' ? `${needsUnit('duration').message}, or auto` : undefined),
  })
  .meta({ pattern: `${quantityPattern('duration')}|^auto$`, examples: ['3s', 'auto'] })
  .transform((text, context): number | 'auto' => {
    if (text === 'auto') return text;
    const reading = warmupTime.safeParse(text);
    if (reading.success) return reading.data;
    for (const issue of reading.error.issues) context.issues.push({ ...issue, code: 'custom', input: text });
    return z.NEVER;
  });

const common = {
  warmup: warmup
    .prefault('3s')
    .describe('Load before the measurement; its figures are kept apart. auto: until it is steady, 30 s at most.'),
  duration: duration('100ms').prefault('15s').describe('How long is measured, from the end of warm-up.'),
  threads: z
    .union([wholeNumber(1, 64), z.literal('auto')], { error: 'expected a whole number from 1 to 64, or auto' })
    .default(1)
    .describe(
      'Load worker threads; auto: half the cores less one, 8 at most, and no more than a target has connections.',
    ),
};

const rate = quantity('rate', { least: '0.01/s', most: '1000000/s' });

const rateOrMax = z
  .string({ error: ({ input }) => (typeof input === 'number' ? `${needsUnit('rate').message}, or max` : undefined) })
  .meta({ pattern: `${quantityPattern('rate')}|^max$`, examples: ['500/s', 'max'] })
  .transform((text, context): number | 'max' => {
    if (text === 'max') return text;
    const reading = rate.safeParse(text);
    if (reading.success) return reading.data;
    for (const issue of reading.error.issues) context.issues.push({ ...issue, code: 'custom', input: text });
    return z.NEVER;
  });

const search = object({
  slo: z
    .array(lineText.min(1))
    .min(1)
    .max(20)
    .describe('What is to hold: thresholds without a target, e.g. p99 < 20ms or errorRatio < 1%.'),
  from: rate.prefault('100/s').describe('Lowest rate that is tried, and the first.'),
  to: rate.prefault('20000/s').describe('Highest rate that is tried.'),
  precision: quantity('percentage', { least: '1%', most: '100%' })
    .prefault('5%')
    .describe('How close the lowest rate missed is to the highest one kept.'),
  cost: z
    .boolean()
    .default(false)
    .describe('Also plays a quarter, a half and three quarters of the highest rate: what a million operations cost.'),
});

const stage = object({
  for: duration('1ms').describe('How long.'),
  rate: rate.optional().describe('A steady rate, from the first moment: a step. Left out: a ramp.'),
  from: quantity('rate', { most: '1000000/s' })
    .optional()
    .describe('Rate at the begin of a ramp; left out: where the stage before ended.'),
  to: quantity('rate', { most: '1000000/s' })
    .optional()
    .describe('Rate at the end of a ramp; it changes evenly. Left out: a step.'),
});

const recording = object({
  file: z.string().min(1).describe('Arrival times, one a line (or the first column), relative to the scenario.'),
  unit: z
    .enum(['us', 'ms', 's'] satisfies (keyof typeof arrivalTimeUnits)[])
    .default('ms')
    .describe('What the times count.'),
});

const openLoad = object({
  model: z.literal('open').describe('Operations arrive by a schedule, whatever the system does.'),
  arrivals: z
    .union([z.enum(['poisson', 'constant']), recording], { error: 'expected poisson, constant, or { file }' })
    .default('poisson')
    .describe('poisson: independent users; constant: equal gaps; { file }: as recorded, instead of rate and duration.'),
  rate: rateOrMax
    .optional()
    .describe('Arrivals, e.g. 500/s; max: the highest within search.slo. Left out where stages or a recording say it.'),
  search: search.optional().describe('For rate: max. Left out: one rate.'),
  stages: z
    .array(stage)
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Rates one after the other; rate and duration are then left out: steps { for, rate } and ramps { for, from, to }.',
    ),
  maxInFlight: wholeNumber(1, mostInFlight)
    .optional()
    .describe(
      'Arrivals beyond this many operations in flight are dropped, and counted. Default: 1.25 × rate × deadline.',
    ),
  ...common,
});

const userCount = wholeNumber(0, 100_000);
const userStage = object({
  for: duration('1ms').describe('How long.'),
  users: userCount.optional().describe('So many, from the first moment: a step. Left out: a ramp.'),
  from: userCount
    .optional()
    .describe('Users at the begin of a ramp; left out: as many as the stage before ended with.'),
  to: userCount.optional().describe('Users at the end of a ramp, which changes evenly. Left out: a step.'),
});

const closedLoad = object({
  model: z.literal('closed').describe('A number of users, each waiting for an answer before the next operation.'),
  users: wholeNumber(1, 100_000).optional().describe('How many users. Left out: stages say it.'),
  stages: z
    .array(userStage)
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Users one after the other; users and duration are then left out: steps { for, users } and ramps { for, from, to }. Who is one too many leaves after an answer. Warm-up is with as many as the first stage begins with, one at least.',
    ),
  thinkTime: duration('0ms', '1h')
    .prefault('0ms')
    .describe('Pause of a user between an answer and the next operation.'),
  maxInFlight: wholeNumber(1, mostInFlight).optional().describe('Default: the number of users.'),
  ...common,
});

export const loadSchema = z.discriminatedUnion('model', [openLoad, closedLoad]);

type LoadFile = z.output<typeof loadSchema>;
type Recording = z.output<typeof recording> & { readonly path: string };

/** The file of recorded arrivals that the load goes by; null: it goes by rates. */
export function recordingOf(load: LoadFile, directory: string): Recording | null {
  if (load.model !== 'open' || typeof load.arrivals === 'string') return null;
  return { ...load.arrivals, path: resolve(directory, load.arrivals.file) };
}

export function profileOf({ path, unit }: Recording): ArrivalProfile {
  return profileArrivals(readArrivalFile(path, unit));
}

/** The length of what is measured: that of the stages or of the recording, where there is one. Throws as `readArrivalFile`. */
export function loadDurationMs(load: LoadFile, directory: string): number {
  const recorded = recordingOf(load, directory);
  if (recorded !== null) return profileOf(recorded).durationMs;
  if (load.stages === undefined) return load.duration;
  return load.stages.reduce((sum, { for: forMs }) => sum + forMs, 0);
}
