/** The account of the flows of a trial, in numbers and in money. */
import { z } from 'zod';
import { flowStates, inconsistencies } from '../flow-states.ts';
import { flowSteps, placedWord } from '../flow-steps.ts';
import { ledgerExampleSchema } from './evidence-schema.ts';
import { count, figure, type Immutable, someOf } from './fields.ts';
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
export type FlowExample = Immutable<z.infer<typeof flowExampleSchema>>;
