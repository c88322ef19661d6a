/** Flows: what several services do with an order between them. */
import { z } from 'zod';
import { flowSteps, stepWords } from '../../result/flow-steps.ts';
import { brokeredProtocols } from '../../result/result-types.ts';
import type { FlowLog, FlowPublish, FlowWorkload } from '../flow-settings.ts';
import { flowCallProtocols } from '../flow-settings.ts';
import { duration, object, quantity } from './fields.ts';

const [payment, inventory, shipping] = flowSteps;

const refused = (step: (typeof flowSteps)[number]) =>
  quantity('percentage')
    .refine((share) => share <= 1, { error: 'must be at most 100%' })
    .optional()
    .describe(`Share of orders that ${step} refuses to ${stepWords[step].does}. Left out: none.`);

/** Of the workload. */
export const flowWorkloadSchema = object({
  steps: z
    .tuple([z.literal(payment), z.literal(inventory), z.literal(shipping)], {
      error: `the steps are ${flowSteps.join(', ')}, in this order`,
    })
    .default([payment, inventory, shipping])
    .describe('What an order goes through, each step a service of its own behind the entry, orders.'),
  refuse: object({ payment: refused(payment), inventory: refused(inventory), shipping: refused(shipping) })
    .prefault({})
    .describe(
      'Refusals by the number of the order: the same orders behind every target. What was done is undone in reverse.',
    ),
  workTime: duration('0ms', '60s')
    .optional()
    .describe('How long each service works on each order. Left out: workload.service.workTime.'),
  compensation: object({
    deadline: duration('10ms', '1h')
      .prefault('10s')
      .describe('What cannot be undone for so long is left to a person: the flow is stuck.'),
  })
    .prefault({})
    .describe('How a flow that was refused is undone.'),
}).describe(
  'Of operations with `pattern: flow`: what happens to an order behind its entry. Left out: nothing is refused.',
);

const idempotent = z
  .boolean()
  .default(true)
  .describe('A step that comes again for the same order has no second effect.');

const logs = ['memory', 'file'] as const satisfies readonly FlowLog[];
const publishes = ['dual-write', 'publish-first', 'outbox'] as const satisfies readonly FlowPublish[];

/** Of a target. */
export const targetFlowSchema = z
  .discriminatedUnion('style', [
    object({
      style: z.literal('orchestrated').describe('orders leads: it calls one service after the other.'),
      over: z.enum(flowCallProtocols).describe('How it calls them, with the time-out and the retries of `resilience`.'),
      log: z
        .enum(logs)
        .default('memory')
        .describe(
          'What it knows of flows on their way. memory: nothing after a kill; file: each transition is written before the call, and a restarted orders goes on.',
        ),
      idempotent,
    }),
    object({
      style: z
        .literal('choreographed')
        .describe('Nobody leads: each service hears of what precedes it, and tells what it did.'),
      over: z
        .enum(brokeredProtocols)
        .describe('What carries the events: a topic exchange of RabbitMQ, or a topic of Kafka for each event.'),
      publish: z
        .enum(publishes)
        .default('outbox')
        .describe(
          'dual-write: the change is kept, then its event published; publish-first: the other way round; outbox: the event is kept with the change, and a relay publishes it.',
        ),
      idempotent,
    }),
  ])
  .describe('Behind the entry several services do a flow between them. Left out: our reference service alone.');

export function resolveFlowWorkload({
  refuse,
  workTime,
  compensation,
}: z.output<typeof flowWorkloadSchema>): FlowWorkload {
  const shares = Object.fromEntries(Object.entries(refuse).filter(([, share]) => share !== undefined));
  return {
    refuse: shares,
    ...(workTime !== undefined && { workTimeMs: workTime }),
    compensation: { deadlineMs: compensation.deadline },
  };
}
