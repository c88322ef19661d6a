/** The account of publications: what each subscriber had of what it was owed, and what it cost. */
import { z } from 'zod';
import { count, figure, type Immutable } from './fields.ts';
import { latencySummarySchema } from './latency-schema.ts';
import { canarySchema } from './verdict-schema.ts';

const groupSchema = z
  .object({
    subscribers: count,
    deliveredUs: latencySummarySchema.describe(
      'Of what was published while the fault was in force; what was missed is infinitely late.',
    ),
    missed: count,
  })
  .meta({ id: 'ListenerGroup' });

export const deliveriesSchema = z
  .object({
    subscribers: count,
    processes: count.describe('That the subscribers are spread over.'),
    publications: count.describe('Whose publisher was told that they are published.'),
    pairs: count.describe(
      'Subscriber × publication, of those that each subscriber was owed: sent after its first subscription.',
    ),
    delivered: count.describe('Of the pairs.'),
    missed: count.describe('Of the pairs: not there when the drain was over.'),
    missedInGaps: count.describe(
      'Of the missed: published between a subscriber’s last event before it lost its subscription and its next one.',
    ),
    twice: count.describe('Deliveries of what the subscriber had already.'),
    outOfOrder: count
      .nullable()
      .describe(
        'Had after a later one of the same key, whose send began only after this one was acknowledged. null: the requests of this own system do not hold {{key}}.',
      ),
    foreign: count.describe('Events with ids that are not of this trial.'),
    unreadable: count.describe('Events that held no id where the target’s `events` says that it is.'),
    reconnects: count,
    gaps: z
      .object({ count, p50Us: figure, longestUs: figure, neverBack: count })
      .describe('How long subscribers were without a subscription, each time; `neverBack`: until the end.'),
    overflow: z
      .object({ dropped: count, disconnected: count, blockedMs: count })
      .describe(
        'What our service did about listeners that read too slowly. Absent: a broker pushes, or it did not say.',
      )
      .optional(),
    handling: z
      .object({ p50Us: figure, p99Us: figure, firstP50Us: figure, lastP50Us: figure })
      .describe(
        'Position in the handling order: all subscribers of a process take an event one after the other. From the first to the last of them; and how late the first and the last are.',
      ),
    cpuUsPerDelivery: z
      .object({ service: figure, broker: figure, proxy: figure, subscribers: figure })
      .describe('Over the measured phases, publishing included; null: no such part, or not known.'),
    bytesPerDelivery: figure.describe('Read by the subscribers, the whole trial long; null: not known.'),
    slow: groupSchema.describe('Those that a fault made slow. Absent: none was.').optional(),
    others: groupSchema.describe('All others beside slow ones.').optional(),
    canary: canarySchema
      .nullable()
      .describe('Of the subscribers’ processes: how late they read; null: none came back.'),
  })
  .meta({
    id: 'Deliveries',
    description: 'Warm-up included. Operations of `publish` end where they are taken over; these are their receivers.',
  });

export type DeliveriesResult = Immutable<z.infer<typeof deliveriesSchema>>;
export type ListenerGroup = Immutable<z.infer<typeof groupSchema>>;
