/** What the client does about slow and failed attempts, the same for all protocols. */
import { z } from 'zod';
import { duration, lineText, object, wholeNumber } from './fields.ts';

/** Latencies beyond about 35 minutes are not told apart. */
const longestDeadline = '30min';
const defaultTimeout = '2s';

const deadline = duration('1ms', longestDeadline);
const timeout = duration('1ms', longestDeadline);
const attempts = wholeNumber(1, 100);
const backoff = z.enum(['exponential', 'none']);
const wait = duration('1ms', '10min');
const retryAfter = z.enum(['honour', 'ignore']);
const jitter = z.enum(['none', 'full', 'equal', 'decorrelated']);

const budget = object({
  ratio: z.number().min(0).max(100).default(0.1).describe('Retries for each operation, in the long run.'),
  burst: z.number().min(1).max(1e6).default(10).describe('Retries at once, beyond that ratio.'),
})
  .optional()
  .describe('Keeps retries a share of all operations, however many fail. Left out: no such bound.');

const breaker = object({
  failureRatio: z.number().gt(0).max(1).default(0.5).describe('Share of failed attempts at which it opens.'),
  window: duration('100ms', '1h').prefault('10s').describe('Over which attempts are counted.'),
  minimumOperations: wholeNumber(1, 1_000_000)
    .default(20)
    .describe('With fewer attempts in the window it stays closed.'),
  openFor: duration('10ms', '1h').prefault('5s').describe('After that, probes are made.'),
  probes: wholeNumber(1, 10_000).default(1).describe('Attempts that must all end well for it to close again.'),
})
  .optional()
  .describe('Circuit breaker: while too much fails, operations are rejected without an attempt. Left out: none.');

const reconnect = object({
  base: duration('1ms', '10min').prefault('50ms').describe('Wait before the second try; the first comes at once.'),
  cap: duration('1ms', '10min').prefault('1s').describe('Longest wait; it doubles from try to try until then.'),
  jitter: z.enum(['none', 'full']).default('none').describe('full: a random part of the wait.'),
})
  .optional()
  .describe('How a lost connection is opened again. Left out: after 50ms, doubled up to 1s, without jitter.');

const limit = object({
  maxConcurrent: wholeNumber(1, 1_000_000).describe('Attempts in flight at most, over all load threads.'),
  waiting: wholeNumber(0, 1_000_000)
    .default(0)
    .describe('Operations that may wait for their turn; beyond, they are rejected.'),
})
  .optional()
  .describe('Concurrency limit of the client. Left out: only load.maxInFlight bounds it.');

const fallback = z.union(
  [
    z.boolean(),
    object({
      kind: z
        .enum(['stale', 'default', 'transport'])
        .describe(
          'stale: the last good answer to the same read, however old; default: what it knows without asking; transport: it asks again, once, over another target.',
        ),
      to: lineText
        .min(1)
        .optional()
        .describe('Of transport: the target whose service is asked then, started beside (part and link fallback).'),
    }),
  ],
  { error: 'expected true, false, or { kind: stale | default | transport }' },
);

const words = {
  deadline: 'Bound on an operation’s whole life, from its intended start: waits, attempts, back-off.',
  timeout: 'Bound on one attempt. Default: 2s, or the deadline where that is shorter.',
  retry: 'Trying again after a failure that may pass.',
  attempts: 'Attempts in all, the first included.',
  backoff: 'exponential: the wait doubles with each attempt; none: tried again at once.',
  base: 'Wait before the second attempt.',
  cap: 'Longest wait.',
  jitter: 'How waits are spread, so that clients do not retry in step.',
  fallback:
    'What the client answers itself where an operation is not ok at its end. That is counted as degraded, and never as ok or goodput. true: as { kind: default }.',
  retryAfter: 'Where a service says when to come back (Retry-After, gRPC’s RetryInfo): the back-off begins only then.',
  idempotencyKey: 'Retries carry the same key, so that a service can tell them.',
};

export const resilienceSchema = object({
  deadline: deadline.prefault('2s').describe(words.deadline),
  timeout: timeout.optional().meta({ default: defaultTimeout }).describe(words.timeout),
  retry: object({
    attempts: attempts.default(1).describe(words.attempts),
    backoff: backoff.default('exponential').describe(words.backoff),
    base: wait.prefault('50ms').describe(words.base),
    cap: wait.prefault('1s').describe(words.cap),
    jitter: jitter.default('full').describe(words.jitter),
    retryAfter: retryAfter.default('honour').describe(words.retryAfter),
    budget,
  })
    .prefault({})
    .describe(words.retry),
  idempotencyKey: z.boolean().default(false).describe(words.idempotencyKey),
  reconnect,
  breaker,
  limit,
  fallback: fallback.default(false).describe(words.fallback),
});

/** Of one target: what it leaves out is as the scenario says. */
export const targetResilienceSchema = object({
  deadline: deadline.optional().describe(words.deadline),
  timeout: timeout.optional().describe(words.timeout),
  retry: object({
    attempts: attempts.optional().describe(words.attempts),
    backoff: backoff.optional().describe(words.backoff),
    base: wait.optional().describe(words.base),
    cap: wait.optional().describe(words.cap),
    jitter: jitter.optional().describe(words.jitter),
    retryAfter: retryAfter.optional().describe(words.retryAfter),
    budget,
  })
    .optional()
    .describe(words.retry),
  idempotencyKey: z.boolean().optional().describe(words.idempotencyKey),
  reconnect,
  breaker,
  limit,
  fallback: fallback.optional().describe(words.fallback),
});

export type FileFallback = z.output<typeof fallback>;
export type FileResilience = z.output<typeof resilienceSchema>;
export type FileTargetResilience = z.output<typeof targetResilienceSchema>;

/** As a target has it. A time-out that only the scenario says gives way to a shorter deadline of the target. */
export function mergedResilience(common: FileResilience, own: FileTargetResilience = {}): FileResilience {
  const deadlineMs = own.deadline ?? common.deadline;
  const timeoutMs = own.timeout ?? (common.timeout === undefined ? undefined : Math.min(common.timeout, deadlineMs));
  const retry = { ...common.retry, ...own.retry };
  return { ...common, ...own, deadline: deadlineMs, timeout: timeoutMs, retry };
}
