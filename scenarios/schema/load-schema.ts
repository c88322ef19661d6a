/** How much of it, and for how long. */
import { z } from 'zod';
import { needsUnit, quantityPattern } from '../../result/quantity.ts';
import { duration, object, quantity, wholeNumber } from './fields.ts';

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
    .describe('Load worker threads; auto: by the number of cores (one on two cores or fewer).'),
};

const openLoad = object({
  model: z.literal('open').describe('Operations arrive by a schedule, whatever the system does.'),
  arrivals: z
    .enum(['poisson', 'constant'])
    .default('poisson')
    .describe('poisson: independent users; constant: equal gaps.'),
  rate: quantity('rate', { least: '0.01/s', most: '1000000/s' }).describe('Arrivals, e.g. 500/s.'),
  maxInFlight: wholeNumber(1, mostInFlight)
    .optional()
    .describe(
      'Arrivals beyond this many operations in flight are dropped, and counted. Default: 1.25 × rate × deadline.',
    ),
  ...common,
});

const closedLoad = object({
  model: z.literal('closed').describe('A number of users, each waiting for an answer before the next operation.'),
  users: wholeNumber(1, 100_000).describe('How many users.'),
  thinkTime: duration('0ms', '1h')
    .prefault('0ms')
    .describe('Pause of a user between an answer and the next operation.'),
  maxInFlight: wholeNumber(1, mostInFlight).optional().describe('Default: the number of users.'),
  ...common,
});

export const loadSchema = z.discriminatedUnion('model', [openLoad, closedLoad]);
