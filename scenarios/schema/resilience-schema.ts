/** What the client does about slow and failed attempts, the same for all protocols. */
import { z } from 'zod';
import { duration, object, wholeNumber } from './fields.ts';

/** Latencies beyond about 35 minutes are not told apart. */
const longestDeadline = '30min';
export const defaultTimeout = '2s';

export const resilienceSchema = object({
  deadline: duration('1ms', longestDeadline)
    .prefault('2s')
    .describe('Bound on an operation’s whole life, from its intended start: waits, attempts, back-off.'),
  timeout: duration('1ms', longestDeadline)
    .optional()
    .meta({ default: defaultTimeout })
    .describe('Bound on one attempt. Default: 2s, or the deadline where that is shorter.'),
  retry: object({
    attempts: wholeNumber(1, 100).default(1).describe('Attempts in all, the first included.'),
    backoff: z.literal('exponential').default('exponential').describe('The wait doubles with each attempt.'),
    base: duration('1ms', '10min').prefault('50ms').describe('Wait before the second attempt.'),
    cap: duration('1ms', '10min').prefault('1s').describe('Longest wait.'),
    jitter: z
      .enum(['none', 'full', 'equal', 'decorrelated'])
      .default('full')
      .describe('How waits are spread, so that clients do not retry in step.'),
  })
    .prefault({})
    .describe('Trying again after a failure that may pass.'),
  idempotencyKey: z.boolean().default(false).describe('Retries carry the same key, so that a service can tell them.'),
});
