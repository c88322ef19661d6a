/** What became of the flows of a trial: the records of its clients against the evidence of all parts. */
import { flowStates } from '../../result/flow-states.ts';
import { flowSteps, placedWord } from '../../result/flow-steps.ts';
import type { CpuResult, FlowsResult } from '../../result/result-types.ts';
import { type FlowLog, type FlowPublish, type FlowSettings, flowEntry } from '../../scenarios/flow-settings.ts';
import { brokerOf } from '../../scenarios/protocols/registry.ts';
import { settledText } from '../../scenarios/settled-settings.ts';
import { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { EvidenceReader } from '../../targets/domain/evidence.ts';
import { parseOperationId } from '../../targets/domain/operation-id.ts';
import { flowShapeOf } from '../../targets/flow/flow-shape.ts';
import { FlowCourseAccount } from '../recording/flow-course.ts';
import { type CouldMove, type OnSettled, reconcileFlows } from '../recording/flow-ledger.ts';
import { accountObserved, type OnObserved } from '../recording/observed-flows.ts';
import { asPlayed } from '../recording/phase-windows.ts';
import { flowCosts } from './flow-cost.ts';
import { flowsOf } from './prepare-trial.ts';
import type { FlowPending, TrialRecords } from './trial-records.ts';

const noFigures = Object.fromEntries(
  [...flowStates, 'phantom', 'unacknowledged'].map((name) => [name, null]),
) as Record<(typeof flowStates)[number] | 'phantom' | 'unacknowledged', null>;

export const unknownFlows: FlowsResult = {
  ...{ ...noFigures, acknowledged: null, needsPerson: null },
  ...{ stuckAfter: {}, openAfter: {}, inconsistencies: {}, stages: [], examples: {} },
  moneyCents: { ...noFigures, accountsCents: null },
};

export type FlowRecords = Pick<
  TrialRecords,
  | 'evidencePaths'
  | 'operations'
  | 'target'
  | 'workers'
  | 'held'
  | 'pending'
  | 'clock'
  | 'scenario'
  | 'trialTag'
  | 'faults'
  | 'windows'
  | 'loadedUntilUs'
  | 'serviceNames'
  | 'linkBytes'
>;

/** null: there are no flows. Reads the evidence files. `cpu`: left out, nobody asks what a flow costs. */
export function flowsIn(records: FlowRecords, onSettled: OnSettled, cpu?: CpuResult): FlowsResult | null {
  const { evidencePaths, operations, target, workers, held, pending, clock } = records;
  const flows = flowsOf(operations);
  if (flows.length === 0 || target.flow === undefined) return null;
  if (evidencePaths === null) return unknownFlows;
  const course = courseOf(records);
  const on = onToCourse(course, onSettled);
  const account = reconcileFlows(
    {
      logs: workers.map(({ log }) => log),
      flows,
      evidence: new EvidenceReader(...evidencePaths).more(),
      couldMove: couldMove(target.flow, pending),
      held: held?.operations ?? null,
      accountsCents: held?.chargedCents ?? null,
    },
    on.settled,
    on.open,
  );
  const participants: readonly string[] = flowSteps;
  const heard = records.serviceNames.flatMap((name, part) =>
    participants.includes(name) ? [[name, account.heard[part] ?? 0] as const] : [],
  );
  const perFlow =
    cpu &&
    flowCosts({
      flow: target.flow,
      cpu,
      hasBroker: brokerOf(target) !== null,
      links: records.linkBytes,
      heard: Object.fromEntries(heard),
      flows: account.flows.acknowledged ?? 0,
    });
  const more = {
    course: course.toResult(),
    ...(perFlow && { perFlow }),
    shape: flowShapeOf(target.flow, brokerOf(target)),
  };
  return {
    ...account.flows,
    ...more,
    examples: account.cases.examples(records.trialTag, records.faults, (atUs) => clock.loadMs(atUs)),
  };
}

/** What flows have paid by the record, beside what the accounts say; null: one of them is not known. */
export function flowPayments({ moneyCents }: FlowsResult): { chargedCents: number; accountsCents: number } | null {
  const { accountsCents, ...byState } = moneyCents;
  let chargedCents = 0;
  for (const cents of Object.values(byState)) {
    if (cents === null) return null;
    chargedCents += cents;
  }
  return accountsCents === null ? null : { chargedCents, accountsCents };
}

/** Of an own system; null: there are no flows. Reads what its observer noted. */
export function observedFlowsIn(records: TrialRecords, onSettled: OnSettled): FlowsResult | null {
  const { watchedFlows: watched, target, workers, operations, clock } = records;
  const { settled: settings } = target;
  if (settings === undefined) return null;
  if (watched === null) return unknownFlows; // the observer was lost
  const course = courseOf(records);
  const { cases, acknowledged, open, unacknowledged, foreign, ...counts } = accountObserved(
    {
      logs: workers.map(({ log }) => log),
      flows: flowsOf(operations),
      events: new EvidenceReader(watched.path).more(),
      withinUs: settings.withinMs * 1e3,
    },
    onToCourse(course, onSettled),
  );
  const { unreadable, interruptions, cpuUs, polls } = watched;
  return {
    ...unknownFlows,
    ...{ acknowledged, open, unacknowledged },
    openAfter: open > 0 ? { [placedWord]: open } : {},
    course: course.toResult(),
    observed: {
      by: settledText(settings),
      ...counts,
      withinMs: settings.withinMs,
      foreign: foreign + watched.foreign,
      ...{ unreadable, interruptions },
      ...(polls !== null && settings.by === 'poll' && { polls: { ...polls, everyMs: settings.everyMs } }),
      cpuUs,
    },
    examples: cases.examples(records.trialTag, records.faults, (atUs) => clock.loadMs(atUs)),
  };
}

/** Of those that were acknowledged the course is told as well. */
function onToCourse(course: FlowCourseAccount, onSettled: OnSettled): OnObserved {
  return {
    settled(operation, intendedUs, afterUs, isAcknowledged) {
      if (isAcknowledged) course.settled(intendedUs, afterUs);
      onSettled(operation, intendedUs, afterUs, isAcknowledged);
    },
    open: (intendedUs) => course.unsettled(intendedUs),
  };
}

function courseOf({ windows, clock, loadedUntilUs, faults, scenario }: FlowRecords): FlowCourseAccount {
  const acted = faults.flatMap(({ appliedAtMs, removedAtMs }) =>
    appliedAtMs === null || removedAtMs === null ? [] : [{ appliedAtMs, removedAtMs }],
  );
  const loadUs = (ms: number) => (ms + scenario.load.warmupMs) * 1e3;
  return new FlowCourseAccount({
    windows: asPlayed(windows, clock.warmupEndUs, loadedUntilUs),
    offsetUs: (atUs) => clock.offsetUs(atUs),
    fault:
      acted.length === 0
        ? null
        : {
            fromUs: loadUs(Math.min(...acted.map(({ appliedAtMs }) => appliedAtMs))),
            untilUs: loadUs(Math.max(...acted.map(({ removedAtMs }) => removedAtMs))),
          },
  });
}

/** What of a flow's settings says who could still move it. */
type Movers = Pick<FlowSettings, 'style'> & { readonly log?: FlowLog; readonly publish?: FlowPublish };

/**
 * Led, a flow moves as long as its leader has it, or had it in a file when it went; else while a part has it, or its next
 * one has events waiting. A part that is gone, or does not say, may have kept what it was to tell.
 */
export function couldMove({ style, log, publish }: Movers, pending: FlowPending): CouldMove {
  const inHand = new DistinctOperations();
  for (const id of Object.values(pending).flatMap((work) => work?.inHand ?? [])) {
    const known = parseOperationId(id);
    if (known !== null) inHand.add(known);
  }
  const isSilent = (part: string) => pending[part] === null || pending[part] === undefined;
  return (id, next, undoes) => {
    if (inHand.has(id)) return true;
    if (style === 'orchestrated') return log === 'file' && isSilent(flowEntry);
    const step = flowSteps[next];
    if (step === undefined) return false;
    const work = pending[step];
    if (work === null || work === undefined || work.queued === null || work.queued > 0) return true;
    // Whoever is to tell it: a participant hears again of what it has not told, the entry only keeps an outbox.
    const teller = flowSteps[undoes ? next + 1 : next - 1];
    if (teller !== undefined) return isSilent(teller);
    return !undoes && publish === 'outbox' && isSilent(flowEntry);
  };
}
