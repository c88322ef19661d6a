/** What is done: operations, their keys and payloads, and how our reference services behave. */
import { z } from 'zod';
import { defaultPattern, patternNames, patterns } from '../../result/patterns.ts';
import { firstVersion } from '../api-versions.ts';
import { operationNames } from '../operations.ts';
import { callersSchema } from './callers-schema.ts';
import { duration, entryName, named, object, quantity, wholeNumber } from './fields.ts';
import { flowWorkloadSchema } from './flow-schema.ts';
import { mostHistory } from './state-schema.ts';
import { apiVersionSchema, deprecatedSchema } from './version-schema.ts';

export const largestPayload = '16MiB';
export const largestPayloadBytes = 16 * 1024 ** 2;
export const defaultEntropy = 0.4;
export const defaultWaiting = 1_000;

const operation = object({
  weight: z.number().gt(0).max(1e6).default(1).describe('Share of this operation, in proportion to the other weights.'),
  rate: quantity('rate', { least: '0.01/s', most: '1000000/s' })
    .optional()
    .describe(
      'Of load.rate, for this operation alone. Left out: the weights of all such share what the others’ own rates leave.',
    ),
  timeout: duration('1ms', '10m').optional().describe('Per attempt of this operation. Left out: `resilience.timeout`.'),
  does: z
    .enum(operationNames)
    .optional()
    .describe(
      'What a reference service does; left out: what the operation is called. So one action may come in several ways.',
    ),
  version: apiVersionSchema
    .optional()
    .meta({ default: firstVersion })
    .describe(
      'Of a reference service’s interface, said in each request: /v1 or /v2, the gRPC package, `version` of a message. Left out: the first, which needs no saying.',
    ),
  pattern: z
    .enum(patternNames)
    .default(defaultPattern)
    .describe(`${patternNames.map((name) => `${name} ${patterns[name].describes}`).join('; ')}.`),
  payload: entryName.optional().describe('Name of an entry of `payloads`.'),
});

const payload = object({
  size: quantity('size', { most: largestPayload })
    .optional()
    .describe(`Generated: exactly this many bytes of JSON-safe ASCII, up to ${largestPayload}.`),
  entropy: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ default: defaultEntropy })
    .describe('How far a generated payload compresses: 0 to nearly nothing, 1 hardly at all.'),
  template: z.string().min(1).optional().describe('The payload itself, sent as it is.'),
  file: z.string().min(1).optional().describe('A sample file, relative to the scenario; sent as it is.'),
});

export const workloadSchema = object({
  seed: wholeNumber(0, 2 ** 32 - 1)
    .default(42)
    .describe('Decides every draw: arrivals, operations, keys, payloads, order of trials.'),
  operations: named(operation).describe(
    `Kinds of calls by name. Reference services know ${operationNames.join(', ')}.`,
  ),
  keys: object({
    count: wholeNumber(1, 1_000_000).default(1000).describe('How many different keys there are.'),
    distribution: z
      .enum(['uniform', 'zipf'])
      .default('uniform')
      .describe('zipf: a few keys get most operations (exponent 1).'),
  })
    .prefault({})
    .describe('Which keys the operations address.'),
  payloads: named(payload, { empty: true }).prefault({}).describe('Bodies by name: each with size, template or file.'),
  service: object({
    workTime: quantity('duration', { most: '60s' })
      .prefault('0ms')
      .describe('How long a reference service works on each operation.'),
    rejectRatio: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of operations that a reference service refuses at once.'),
    unreadableRatio: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ default: 0 })
      .describe(
        'Poison: share of operations that a reference service cannot read, however often they come. By their number, so the same ones behind every target.',
      ),
    slow: object({
      share: quantity('percentage')
        .refine((share) => share <= 1, { error: 'must be at most 100%' })
        .describe('Of the operations, each by a draw of its own, and at each service of a chain by another.'),
      workTime: duration('1ms', '60s').describe('How long these are worked on, instead of workTime.'),
    })
      .optional()
      .describe('Operations that take longer, the same behind every target. Left out: none.'),
    concurrency: wholeNumber(1, 10_000)
      .optional()
      .describe('Operations that a reference service works on at once, so that it can be overloaded. Left out: all.'),
    waiting: wholeNumber(0, 1_000_000)
      .optional()
      .meta({ default: defaultWaiting })
      .describe('Beside concurrency: how many may wait for their turn; beyond, they are refused at once.'),
    retryAfter: quantity('duration', { least: '1ms', most: '1h' })
      .optional()
      .describe(
        'What refusals that may pass say of when to come back: Retry-After (REST, whole seconds), RetryInfo (gRPC). Left out: nothing.',
      ),
    deprecated: deprecatedSchema,
  })
    .prefault({})
    .describe('How the reference services behave, the same behind every protocol.'),
  callers: callersSchema,
  flow: flowWorkloadSchema.optional(),
  history: wholeNumber(1, mostHistory)
    .optional()
    .describe(
      'Events that our service writes to its log before the warm-up, with state: log: changes of orders that the load does not touch, and payments. Left out: none.',
    ),
});
