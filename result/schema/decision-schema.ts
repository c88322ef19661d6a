/** What `decision.json` holds: what `bench decide` says of stored results. Latencies are microseconds. */
import { z } from 'zod';
import { decisionAnswers, judgementReasons, requirementKinds } from '../decide/decision-names.ts';
import { guaranteeClasses } from '../guarantee.ts';
import { phaseNames, protocols } from '../result-names.ts';
import { count, figure, type Immutable, instant, text } from './fields.ts';
import { verdictStatuses } from './verdict-schema.ts';

export const decisionSourceSchema = z
  .object({
    name: text.describe('As the reader named it.'),
    runId: text,
    scenario: text,
    startedAt: instant,
    status: z.enum(['complete', 'partial', 'interrupted']),
    trials: count.describe('That count, invalid ones left out.'),
  })
  .meta({ id: 'DecisionSource' });

export const requirementSchema = z
  .object({
    kind: z.enum(requirementKinds),
    wanted: text.describe('E.g. `p99 ≤ 100ms`, `survives service`, `loses nothing`.'),
    part: text.describe('Of `survive`: what may be away.').nullable(),
    metric: text.describe('Of `latency` and `stale`, e.g. `offered p99`.').nullable(),
    limitUs: figure.describe('Of `latency` and `stale`.'),
  })
  .meta({ id: 'Requirement' });

export const judgedPlaceSchema = z
  .object({
    source: text,
    scenario: text,
    condition: text,
    phase: z.enum(phaseNames).nullable().describe('null: the whole trial.'),
    operation: text.nullable().describe('null: all of the target’s in this group.'),
  })
  .meta({ id: 'JudgedPlace' });

export const judgementSchema = z
  .object({
    kind: z.enum(requirementKinds),
    wanted: text.describe('As in `requirements`.'),
    answer: z
      .enum(decisionAnswers)
      .describe(
        '`meets`: the whole interval lies within the limit, or none was struck in as many outages as it takes. `misses`: the whole interval lies beyond it, or it was seen. `cannotTell`: it was asked, and the trials do not tell. `notAsked`: no trial of these results asks.',
      ),
    reason: z.enum(judgementReasons).nullable().describe('null: the figures say it all.'),
    part: text.nullable().describe('What was away, or never was, where that decided.'),
    place: judgedPlaceSchema.nullable().describe('Where it was decided: the worst of all places that were looked at.'),
    valueUs: figure.describe('Of times: geometric mean over repeats, or the one there is; null: not reached, or none.'),
    lowUs: figure,
    highUs: figure.describe('95 % interval of it, widened by the instrument’s own error; null: not reached, or none.'),
    repeats: count.describe('That these figures come from.'),
    struck: figure.describe(
      'Outages (or trials of several) in which more failed than was allowed; null: no such thing.',
    ),
    outages: figure.describe('That were seen; null: no such thing.'),
    atMostShare: figure.describe('With none struck: the share of outages that could be, all the same (95 %).'),
    count: figure.describe('Operations that failed, were lost, or came out of order, in the worst trial.'),
    of: figure.describe(
      'Operations offered while it was away, and those that it struck around; of the ledger: acknowledged ones.',
    ),
    what: z.record(text, count).describe('Of `lose`: what the ledger calls them.'),
    needed: figure.describe(
      'Repeats, outages, or (of `tooFewOperations`) operations in a trial that would tell; null: not known, or told.',
    ),
    askedBy: z.array(text).describe('Shipped scenarios that would ask it.'),
  })
  .meta({ id: 'Judgement' });

export const decidedTargetSchema = z
  .object({
    target: text,
    label: text.describe('With the values of a sweep, and with its run where settings differ between runs.'),
    protocol: z.enum(protocols),
    operations: z.array(text),
    answer: z.enum(decisionAnswers).describe('`misses` where any does, else the least that any of them says.'),
    judgements: z.array(judgementSchema).describe('In the order of `requirements`.'),
  })
  .meta({ id: 'DecidedTarget' });

export const decidedGroupSchema = z
  .object({
    guarantee: z.enum(guaranteeClasses).nullable().describe('null: not known.'),
    completion: z.enum(['replied', 'acknowledged', 'delivered']),
    targets: z.array(decidedTargetSchema).describe('In the order of the results: no order of merit.'),
  })
  .meta({
    id: 'DecidedGroup',
    description: 'Targets whose answers stand beside each other: nothing is weighed across groups.',
  });

export const decisionSchema = z.object({
  kind: z.literal('decision'),
  schemaVersion: z.literal(1).describe('Of the shape; docs/result.md.'),
  semanticsVersion: z.number().describe('Of what the figures mean; docs/figures.md.'),
  requirements: z.array(requirementSchema),
  failedShare: z.number().describe('Of what is offered while something is away, what may fail in the caller’s eyes.'),
  riskShare: z.number().describe('Of outages, what could be struck unseen and it still meets.'),
  sources: z.array(decisionSourceSchema),
  groups: z.array(decidedGroupSchema),
  leftOut: z
    .array(z.object({ source: text, trial: text, verdict: z.enum(verdictStatuses), reason: text }))
    .describe('Invalid trials, of everything; suspect ones, for more than their resolution, of times alone.'),
  notes: z.array(text).describe('What a reader should know of these results before relying on it.'),
});

export type DecisionSource = Immutable<z.infer<typeof decisionSourceSchema>>;
export type RequirementResult = Immutable<z.infer<typeof requirementSchema>>;
export type JudgedPlace = Immutable<z.infer<typeof judgedPlaceSchema>>;
export type Judgement = Immutable<z.infer<typeof judgementSchema>>;
export type DecidedTarget = Immutable<z.infer<typeof decidedTargetSchema>>;
/** Targets whose answers stand beside each other: nothing is weighed across groups. */
export type DecidedGroup = Immutable<z.infer<typeof decidedGroupSchema>>;
export type DecisionResult = Immutable<z.infer<typeof decisionSchema>>;
