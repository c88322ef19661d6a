/** One trial. */
import { z } from 'zod';
import { latencyNames, phaseNames, protocols } from '../result-names.ts';
import { cacheSchema } from './cache-schema.ts';
import { callerSchema } from './caller-schema.ts';
import { chainSchema } from './chain-schema.ts';
import {
  backlogSchema,
  blockedPublishersSchema,
  breakerChangeSchema,
  drainSchema,
  faultSchema,
  notableSchema,
  timelinePointSchema,
  warmupSchema,
  watchSchema,
} from './course-schema.ts';
import { deliveriesSchema } from './delivery-schema.ts';
import {
  brokerUseSchema,
  cpuSchema,
  failureSampleSchema,
  httpCountsSchema,
  ledgerExampleSchema,
  ledgerKinds,
  ledgerSchema,
  memorySchema,
  paidRequestsSchema,
  paymentsSchema,
  wireSchema,
} from './evidence-schema.ts';
import { count, figure, type Immutable, instant, settings, settingValue, someOf, text } from './fields.ts';
import { flowsSchema } from './flow-schema.ts';
import { groupSchema } from './group-schema.ts';
import { blocksSchema } from './latency-schema.ts';
import { outputsSchema } from './outputs-schema.ts';
import { phaseSchema } from './phase-schema.ts';
import { poisonSchema } from './poison-schema.ts';
import { rebuildSchema } from './rebuild-schema.ts';
import { agentSchema, verdictSchema } from './verdict-schema.ts';
import { versionCallsSchema } from './version-schema.ts';

export const trialSchema = z
  .object({
    purpose: z
      .literal('probe')
      .describe('Of a search for the highest rate: tried on the way, no result of its own. Absent: it counts.')
      .optional(),
    id: text,
    target: text,
    protocol: z.enum(protocols),
    condition: text,
    variant: settings.describe('Of a sweep; {}: the target as written.'),
    repeat: z.number(),
    engine: text,
    model: z.enum(['open', 'closed']),
    startedAt: instant,
    semantics: z
      .record(text, settingValue.nullable())
      .describe(
        'What makes the comparison fair or unfair: durability, acks, tls, connections, codec, … as printed beside the numbers.',
      ),
    limitations: z.array(text).describe('What this engine cannot do, one sentence each; empty for the native engine.'),
    stoppedByThreshold: z
      .object({
        expression: text,
        actual: z.number(),
        atMs: z.number().describe('From the end of warm-up, below 0 within it.'),
      })
      .describe('What ended the load before its time. Absent: nothing did.')
      .optional(),
    verdict: verdictSchema,
    agents: z.array(agentSchema).describe('Absent: the load was made by the run’s own process.').optional(),
    warmup: warmupSchema.describe('Absent in results of earlier versions.').optional(),
    clock: z
      .object({
        boundUs: figure.describe('How far a time of a service may be off from the start of its operation.'),
        beforeStart: count.describe('Times of services that came out before that start, and count as 0.'),
      })
      .describe('Of agents, whose clocks are others. Absent: the load was made by the run’s own process.')
      .optional(),
    phases: someOf(phaseNames, phaseSchema),
    ledger: ledgerSchema,
    payments: paymentsSchema.describe('Absent where nothing is paid, or nobody keeps accounts for us.').optional(),
    ledgerExamples: someOf(ledgerKinds, z.array(ledgerExampleSchema))
      .describe('The first few operations of each kind; absent in results of earlier versions.')
      .optional(),
    receivedBy: z
      .record(text, count)
      .describe(
        'By process of our services: how often it received an operation, warm-up included, repeats counted. Absent with one process.',
      )
      .optional(),
    askedBy: z
      .record(text, figure)
      .describe(
        'By process of our services behind a gateway: requests that it took up, refused ones and repeats included, warm-up too; null: it was killed meanwhile. Absent without a gateway.',
      )
      .optional(),
    callers: z.array(callerSchema).describe('Absent where nobody says who is calling.').optional(),
    versions: z
      .array(versionCallsSchema)
      .describe('By operation. Absent where none has a version and no answer said that something is deprecated.')
      .optional(),
    flows: flowsSchema.describe('Absent without flows.').optional(),
    cache: cacheSchema.describe('Absent where nobody looks at what reads show.').optional(),
    rebuilds: z
      .array(rebuildSchema)
      .describe(
        'Each time that our service has folded its state anew from its log, in the order of time. Absent: its state is no log, or the engine another one.',
      )
      .optional(),
    group: groupSchema.describe('Absent but of a consumer group of several instances of our service.').optional(),
    outputs: outputsSchema
      .describe(
        'Absent where our service writes nothing because of what it takes, and where what it wrote could not be read.',
      )
      .optional(),
    poison: poisonSchema.describe('Absent where all can be read, and of other engines.').optional(),
    deliveries: deliveriesSchema
      .describe('Absent where nothing is published, and where a process of subscribers was lost.')
      .optional(),
    chain: chainSchema.describe('Absent without a chain whose services are slow for a share.').optional(),
    reconnects: count
      .describe(
        'Connections that were lost and opened again, warm-up included; what a client gave up itself, at a time-out, is none of them. Absent in results of earlier versions and of other engines.',
      )
      .optional(),
    blockedPublishers: blockedPublishersSchema
      .describe('Of the client that was held back longest, warm-up included. Absent: none was.')
      .optional(),
    failures: z
      .array(failureSampleSchema)
      .describe('The first of each kind, in the order of time; absent where there was none, and of other engines.')
      .optional(),
    ignoredMessages: count
      .describe('Messages that `ignore` of the target says are no answers, warm-up included. Absent without `ignore`.')
      .optional(),
    security: z
      .object({
        tls: z.enum(['none', 'server', 'mutual']),
        auth: z.enum(['none', 'apiKey', 'jwt', 'sasl']),
        handshakes: count
          .nullable()
          .describe('Connections opened by the load: the first ones, and those in place of others. null: not known.'),
      })
      .describe('How our service was secured. Absent where no target of the scenario is.')
      .optional(),
    http: httpCountsSchema
      .describe('Absent without HTTP, in results of earlier versions and of other engines.')
      .optional(),
    wire: wireSchema,
    cpu: cpuSchema,
    memory: memorySchema.describe('Absent in results of earlier versions and of other engines.').optional(),
    paidRequests: paidRequestsSchema.describe('Absent with all other brokers, and where clients receive.').optional(),
    brokerUse: brokerUseSchema.describe('Absent without a broker, and in results of earlier versions.').optional(),
    faults: z.array(faultSchema),
    breaker: z
      .array(breakerChangeSchema)
      .describe('In the order of time; of each client the first thousand. Absent without a circuit breaker.')
      .optional(),
    timeline: z.array(timelinePointSchema),
    watch: watchSchema.describe('Absent without `watch` of the target.').optional(),
    notable: notableSchema.describe('Absent in results of earlier versions and of other engines.').optional(),
    backlog: backlogSchema
      .describe('Absent without a broker and a service of ours behind it, and in results of earlier versions.')
      .optional(),
    drain: drainSchema.describe('Absent where faults built no backlog, and in results of earlier versions.').optional(),
    blocks: blocksSchema.describe('Absent in results of other engines.').optional(),
    histograms: someOf(phaseNames, someOf(latencyNames, text)).describe(
      'Phase → latency name → HDR V2, base64 (compressed form).',
    ),
  })
  .meta({ id: 'Trial' });

export type TrialResult = Immutable<z.infer<typeof trialSchema>>;
