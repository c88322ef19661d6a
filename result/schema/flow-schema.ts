/** The account of the flows of a trial, in numbers and in money. */
import { z } from 'zod';
import { flowStates, inconsistencies } from '../flow-states.ts';
import { flowSteps, placedWord } from '../flow-steps.ts';
import { phaseNames, protocols } from '../result-names.ts';
import { ledgerExampleSchema } from './evidence-schema.ts';
import { count, figure, type Immutable, someOf, text } from './fields.ts';
import { latencySummarySchema } from './latency-schema.ts';

const stateWords = z
  .object({
    completed: figure,
    compensated: figure,
    refused: figure,
    stuck: figure,
    open: figure,
    inconsistent: figure,
  })
  .extend({ phantom: figure });

/** Where a flow may have got to: `placed`, `payment`, … */
const places = [placedWord, ...flowSteps] as const;

export const flowMoneySchema = stateWords
  .extend({
    unacknowledged: figure.describe('Of orders that the entry holds, and whose clients were told nothing.'),
    accountsCents: figure.describe('By the accounts of the payment service at its end; null: not known.'),
  })
  .meta({
    id: 'FlowMoney',
    description:
      'What customers have paid and not got back, in cents, by what became of their flows. The states, phantom and unacknowledged add up to the accounts.',
  });

export const flowStageSchema = z
  .object({
    from: z.enum(places),
    to: z.enum(flowSteps),
    us: latencySummarySchema,
    share: figure.describe('Of the time from placed to the last step, of flows that completed: 0–1; null: none did.'),
  })
  .meta({ id: 'FlowStage' });

export const flowExampleSchema = ledgerExampleSchema
  .extend({
    last: z.enum(places).describe('The last step that was done.'),
    why: z.enum(inconsistencies).describe('Of an inconsistent one.').optional(),
    needsPerson: z.boolean().describe('It could not be undone in time. Absent: no.').optional(),
  })
  .meta({ id: 'FlowExample' });

export const observedFlowsSchema = z
  .object({
    by: text.describe('Where the event that settles was looked for.'),
    settled: count.describe(
      'Acknowledged flows whose event came, late ones too; with open they add up to acknowledged.',
    ),
    late: count.describe('Of these, settled later than withinMs after their intended start.'),
    withinMs: z.number(),
    twice: count.describe('Events beyond the first of a flow: counted here, and nowhere else.'),
    foreign: count.describe('Events with ids that are not of this trial’s flows.'),
    unreadable: count.describe('Events without an id, or none that can be read.'),
    interruptions: count.describe(
      'How often the observer was cut off while nobody kept what came: open flows may have settled meanwhile.',
    ),
    polls: z
      .object({
        requests: count,
        failed: count.describe('Without an answer, or one of 5xx.'),
        everyMs: z.number().describe('The resolution of `settled`.'),
      })
      .describe('What the observer asked the system for, beside the load. Absent: it only listened.')
      .optional(),
    cpuUs: count.describe('Of the observer, a thread of the generator: in the CPU of that, too.'),
  })
  .meta({ id: 'ObservedFlows' });

export const flowCourseSchema = z
  .object({
    settledPerSecond: someOf(phaseNames, z.number()).describe(
      'Settled goodput: acknowledged flows by the phase in which they settled, ÷ its length.',
    ),
    ofFault: z
      .object({
        flows: count.describe('Acknowledged flows that were offered, or under way, while a fault was in force.'),
        unsettled: count.describe('Of these, those that never settled.'),
        lastSettledAfterMs: figure.describe(
          'From the end of the last fault until the last of them settled; 0: before its end; null: none settled.',
        ),
      })
      .describe('Absent where no fault acted.')
      .optional(),
  })
  .meta({ id: 'FlowCourse' });

export const flowCostSchema = z
  .object({
    total: figure.describe('null: that of a part is not known.'),
    by: z.record(text, figure),
  })
  .meta({ id: 'FlowCost' });

export const flowCostsSchema = z
  .object({
    cpuUs: flowCostSchema.describe(
      'By part: our services and the broker between them, for each flow offered in the measured phases. Neither the load nor the proxy.',
    ),
    bytes: flowCostSchema.describe(
      'By link, both ways, as Toxiproxy counted them in the whole trial, handshakes included, for each flow that the entry acknowledged. null: direct.',
    ),
    messages: flowCostSchema.describe(
      'By part that took them: a call and its answer are two, an event is one for each part that hears it, repeats count; of the whole trial, for each flow that the entry acknowledged.',
    ),
  })
  .meta({ id: 'FlowCosts' });

export const flowShapeSchema = z
  .object({
    style: z.enum(['orchestrated', 'choreographed']),
    over: z.enum(protocols),
    broker: text.nullable().describe('Between the parts; null: they dial each other.'),
    edges: z.array(
      z.object({ from: text, to: text, what: text.describe('The step that is asked for, or the event.') }),
    ),
  })
  .meta({ id: 'FlowShape' });

export const flowsSchema = stateWords
  .extend({
    acknowledged: figure.describe(
      'By the entry: completed, compensated, refused, stuck, open and inconsistent add up to it.',
    ),
    phantom: figure.describe('Flows with effects and without an order: the entry neither acknowledged nor holds it.'),
    unacknowledged: figure.describe(
      'Orders that the entry holds, and whose clients were told nothing: in none of the states.',
    ),
    needsPerson: figure.describe('Of the stuck ones: what was done could not be undone before the deadline.'),
    stuckAfter: someOf(places, count).describe('Stuck ones by the last step that was done.'),
    openAfter: someOf(places, count),
    inconsistencies: someOf(inconsistencies, count).describe('By the first reason that was found.'),
    moneyCents: flowMoneySchema,
    stages: z.array(flowStageSchema),
    course: flowCourseSchema.describe('Absent in results of earlier versions.').optional(),
    perFlow: flowCostsSchema.describe('Absent of an own system, and in results of earlier versions.').optional(),
    shape: flowShapeSchema.describe('Absent of an own system, and in results of earlier versions.').optional(),
    observed: observedFlowsSchema
      .describe(
        'Of the user’s own system: all that is known, beside acknowledged, open and unacknowledged. Absent: of ours.',
      )
      .optional(),
    examples: someOf([...flowStates, 'phantom'], z.array(flowExampleSchema)).describe(
      'The first few of what is stuck, open, inconsistent or phantom.',
    ),
  })
  .meta({
    id: 'Flows',
    description:
      'What became of the flows, warm-up included. `stuck`: not ended, and nothing could move it any more; `open`: not ended at the end of the drain, and something still could. null: evidence of a part is missing.',
  });

export type FlowsResult = Immutable<z.infer<typeof flowsSchema>>;
export type FlowMoney = Immutable<z.infer<typeof flowMoneySchema>>;
export type FlowStage = Immutable<z.infer<typeof flowStageSchema>>;
export type FlowCourse = Immutable<z.infer<typeof flowCourseSchema>>;
export type FlowCost = Immutable<z.infer<typeof flowCostSchema>>;
export type FlowCosts = Immutable<z.infer<typeof flowCostsSchema>>;
export type FlowShape = Immutable<z.infer<typeof flowShapeSchema>>;
export type ObservedFlows = Immutable<z.infer<typeof observedFlowsSchema>>;
export type FlowExample = Immutable<z.infer<typeof flowExampleSchema>>;
