/** What the ledger holds, and what a trial cost. */
import { z } from 'zod';
import { allOf, count, figure, type Immutable, text } from './fields.ts';

export const ledgerKinds = [
  'lost',
  'stateLost',
  'acceptedOnlyGone',
  'deadLettered',
  'refusedUnheard',
  'admittedUnauthorised',
  'unacknowledgedButApplied',
  'duplicatesReceived',
  'duplicatesApplied',
  'reordered',
  'corrupted',
] as const;

export const ledgerSchema = z
  .object({
    acknowledged: figure,
    received: figure,
    applied: figure,
    lost: figure,
    unacknowledgedButApplied: figure,
    duplicatesReceived: figure,
    duplicatesApplied: figure,
    reordered: figure,
    corrupted: figure,
    acceptedOnly: figure
      .describe(
        'Taken by our own socket, which is all that the setting promises (acks=0, no confirms): neither acknowledged nor lost.',
      )
      .optional(),
    acceptedOnlyGone: figure.describe('Of those: not applied after the drain.').optional(),
    pendingInBroker: figure
      .describe(
        'Acknowledged, not applied, and as many still waiting in the broker after the drain: not lost. A count, for the broker tells no ids.',
      )
      .optional(),
    deadLettered: figure
      .describe(
        'Acknowledged, then refused by the service, and put where its dead letters go: not lost. Absent in results of earlier versions.',
      )
      .optional(),
    refusedUnheard: figure
      .describe(
        'Acknowledged, then refused by the service and dropped, as its target asks for, with nobody told: not lost. Absent in results of earlier versions.',
      )
      .optional(),
    answeredByCache: figure
      .describe(
        'Reads that were ok, and that our service never saw: neither acknowledged by it nor lost. Absent without a cache.',
      )
      .optional(),
    admittedUnauthorised: figure
      .describe('Received or applied, though its caller was to be refused. Absent without callers.')
      .optional(),
    stateLost: figure
      .describe(
        'Acknowledged and applied, and not in the state of the service at the end: gone with the memory of a process that was killed, or out of its store. Absent in results of earlier versions.',
      )
      .optional(),
    unaccounted: figure
      .describe(
        'Received from agents that were lost, and with them their own account of it: neither acknowledged nor lost. Absent without agents.',
      )
      .optional(),
    orderUndecided: figure
      .describe(
        'Applied so near to each other that the clocks of two agents cannot tell their order. Absent without agents.',
      )
      .optional(),
    unknown: figure.describe('Evidence of operations that nobody sent.').optional(),
  })
  .meta({ id: 'Ledger', description: 'null: not known (an own system keeps no ledger for us).' });

export const ledgerExampleSchema = z
  .object({
    id: text,
    sentAtMs: z
      .number()
      .describe(
        'First attempt’s first byte (the intended start where there was none), milliseconds after the end of warm-up.',
      ),
    when: text.nullable().describe('`during kill`, `80 ms before kill`, `1200 ms after kill`; null without faults.'),
  })
  .meta({ id: 'LedgerExample' });

export const paymentsSchema = z
  .object({
    payments: count.describe('Payments that took effect, each counted once.'),
    dueCents: z.number().describe('What they come to.'),
    chargedCents: z.number().describe('By the service’s record: each effect charges again.'),
    accountsCents: figure.describe(
      'By the accounts of the service when it ended; null: it had been killed, and its accounts were in its memory.',
    ),
  })
  .meta({
    id: 'Payments',
    description: 'Money, in cents: what a payment that takes effect twice does to the customer.',
  });

export const bodyBytesSchema = allOf(['plainBytesUp', 'wireBytesUp', 'plainBytesDown', 'wireBytesDown'], count).meta({
  id: 'BodyBytes',
  description: 'Bodies before they were compressed and after; what went as it was is in none of them.',
});

export const paidRequestsSchema = z
  .object({
    sends: count.describe('Of the clients; up to ten messages in each.'),
    receives: figure.describe('Of the services, those that brought nothing among them.'),
    deletes: figure.describe('Of the services, up to ten messages in each.'),
    returns: figure.describe('Of the services: changes of visibility, by which a message is given back.'),
    perOperation: figure.describe('All together, for each acknowledged operation.'),
  })
  .meta({
    id: 'PaidRequests',
    description:
      'Requests to a broker that is paid by them, warm-up and drain included. null: a service was killed, and what it had asked is not known.',
  });

export const httpCountsSchema = z
  .object({
    handshakes: count.describe(
      'Connections opened since the first ones were: reused no longer, closed by the peer, or lost.',
    ),
    redirects: count.describe('Requests that followed a redirect. Absent without `followRedirects`.').optional(),
  })
  .meta({ id: 'HttpCounts', description: 'What the HTTP clients did beside the attempts, warm-up included.' });

export const batchCountsSchema = z
  .object({
    messages: count,
    requests: count,
    confirms: count
      .describe('By which the broker confirmed those messages; absent where there are none of their own.')
      .optional(),
  })
  .meta({
    id: 'BatchCounts',
    description: 'Requests that were to carry several messages each, and what they carried.',
  });

export const messageCountsSchema = allOf(['sent', 'received'], count).meta({
  id: 'MessageCounts',
  description: 'Messages of calls that may have several either way, warm-up included.',
});

export const failureSampleSchema = z
  .object({
    operation: text,
    outcome: z.enum(['rejected', 'failed', 'timedOut']),
    reason: text,
    atMs: z.number().describe('From the end of warm-up, below 0 within it.'),
    head: text
      .describe('What the peer said: status and headers, 2 KiB at most. Absent: nothing, or it is not known.')
      .optional(),
    body: text.describe('The first 2 KiB.').optional(),
  })
  .meta({ id: 'FailureSample', description: 'The first attempt of an operation that ended for this reason.' });

export const wireSchema = z
  .object({
    bytesUp: figure,
    bytesDown: figure,
    bytesPerOperation: figure,
    bodies: bodyBytesSchema.describe('Absent where the target does not compress.').optional(),
    batches: batchCountsSchema.describe('Absent where each message leaves as it comes.').optional(),
    messages: z
      .record(text, messageCountsSchema)
      .describe('By operation. Absent where every call has one message each way.')
      .optional(),
  })
  .meta({
    id: 'Wire',
    description:
      'What travelled on connections of the load, the whole load long, warm-up included: over TLS as it is encrypted, handshakes of these times with it.',
  });

const cpuCosts = [
  'generatorUsPerOperation',
  'serviceUsPerOperation',
  'brokerUsPerOperation',
  'proxyUsPerOperation',
] as const;
const cpuCostsSchema = allOf(cpuCosts, figure);

export const cpuSchema = cpuCostsSchema
  .extend({
    subscribersUsPerOperation: figure.describe('Absent where nothing is published.').optional(),
    harnessShare: figure
      .describe(
        'Generator, proxy and subscribers, of the CPU of all parts (0–1); null: not known. Absent in results of earlier versions and of other engines.',
      )
      .optional(),
    waits: cpuCostsSchema
      .describe(
        'Time that the tasks of each part were ready to run and had no CPU, all tasks together, for each offered operation; null: no such part, or not known. Absent in results of earlier versions and of other engines.',
      )
      .optional(),
    parts: z
      .record(text, figure)
      .describe('Of our services each, by name: µs an operation. Left out: there is none.')
      .optional(),
  })
  .meta({ id: 'Cpu' });

export const memorySchema = allOf(['generatorBytes', 'serviceBytes', 'brokerBytes', 'proxyBytes'], figure).meta({
  id: 'Memory',
  description:
    'The highest resident memory of each part’s processes while it was measured; null: no such part, or not known.',
});

const spaceCourseSchema = z
  .object({ startBytes: count, highestBytes: count, endBytes: count })
  .meta({ id: 'SpaceCourse', description: 'Looked at once a second, from before the load until all was drained.' });

export const brokerUseSchema = z
  .object({
    writtenBytes: figure.describe('To storage, over the measured phases; null: not known.'),
    idleUsPerSecond: figure.describe(
      'CPU that it takes with nothing to do, not in the cost of operations; null: not known.',
    ),
    memory: spaceCourseSchema
      .nullable()
      .describe('Resident, of all its processes; null: not known. Absent in results of earlier versions.')
      .optional(),
    disk: spaceCourseSchema
      .nullable()
      .describe('Of all its data, other trials’ included; null: not known. Absent in results of earlier versions.')
      .optional(),
  })
  .meta({ id: 'BrokerUse', description: 'What a broker takes beside the CPU of each operation.' });

/** Bytes that a part took of this machine during a trial. */
export type SpaceCourse = Immutable<z.infer<typeof spaceCourseSchema>>;
/** What a broker takes beside the CPU of each operation. */
export type BrokerUse = Immutable<z.infer<typeof brokerUseSchema>>;
/** null: not known (an own system keeps no ledger for us). */
export type LedgerResult = Immutable<z.infer<typeof ledgerSchema>>;
/** What the ledger holds against a system. */
export type LedgerKind = (typeof ledgerKinds)[number];
export type LedgerExample = Immutable<z.infer<typeof ledgerExampleSchema>>;
/** Money, in cents: what a payment that takes effect twice does to the customer. */
export type PaymentsResult = Immutable<z.infer<typeof paymentsSchema>>;
/** Bodies before they were compressed and after; what went as it was is in none of them. */
export type BodyBytes = Immutable<z.infer<typeof bodyBytesSchema>>;
/** What the HTTP clients did beside the attempts, warm-up included. */
export type HttpCounts = Immutable<z.infer<typeof httpCountsSchema>>;
/** Requests to a broker that is paid by them. */
export type PaidRequests = Immutable<z.infer<typeof paidRequestsSchema>>;
/** Requests that were to carry several messages each, and what they carried. */
export type BatchCounts = Immutable<z.infer<typeof batchCountsSchema>>;
export type FailureSample = Immutable<z.infer<typeof failureSampleSchema>>;
/** Messages of calls that may have several either way. */
export type MessageCounts = Immutable<z.infer<typeof messageCountsSchema>>;
export type WireResult = Immutable<z.infer<typeof wireSchema>>;
export type CpuResult = Immutable<z.infer<typeof cpuSchema>>;
/** null: no such part, or not known. */
export type CpuWaits = Immutable<z.infer<typeof cpuCostsSchema>>;
/** The highest resident memory of each part's processes while it was measured. */
export type MemoryResult = Immutable<z.infer<typeof memorySchema>>;
