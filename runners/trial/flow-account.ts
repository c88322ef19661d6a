/** What became of the flows of a trial: the records of its clients against the evidence of all parts. */
import { existsSync } from 'node:fs';
import { flowStates } from '../../result/flow-states.ts';
import { flowSteps } from '../../result/flow-steps.ts';
import type { FlowsResult } from '../../result/result-types.ts';
import type { FlowSettings } from '../../scenarios/flow-settings.ts';
import { DistinctOperations } from '../../targets/domain/distinct-operations.ts';
import { EvidenceReader } from '../../targets/domain/evidence.ts';
import { parseOperationId } from '../../targets/domain/operation-id.ts';
import { type CouldMove, type OnSettled, reconcileFlows } from '../recording/flow-ledger.ts';
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
>;

/** null: there are no flows. Reads the evidence files. */
export function flowsIn(records: FlowRecords, onSettled: OnSettled): FlowsResult | null {
  const { evidencePaths, operations, target, workers, held, pending, clock, scenario } = records;
  const flows = operations.flatMap(({ index, pattern }) => (pattern === 'flow' ? [index] : []));
  if (flows.length === 0 || target.flow === undefined) return null;
  if (evidencePaths === null || !evidencePaths.every((path) => existsSync(path))) return unknownFlows;
  const account = reconcileFlows(
    {
      logs: workers.map(({ log }) => log),
      flows,
      evidence: new EvidenceReader(...evidencePaths).more(),
      couldMove: couldMove(target.flow, pending),
      held: held?.operations ?? null,
      accountsCents: held?.chargedCents ?? null,
    },
    onSettled,
  );
  const loadMs = (atUs: number) => clock.offsetUs(atUs) / 1e3 - scenario.load.warmupMs;
  return { ...account.flows, examples: account.cases.examples(records.trialTag, records.faults, loadMs) };
}

/** Led, a flow moves as long as its leader has it; else while a part has it, or its next one has events waiting. */
export function couldMove({ style }: Pick<FlowSettings, 'style'>, pending: FlowPending): CouldMove {
  const inHand = new DistinctOperations();
  for (const id of Object.values(pending).flatMap((work) => work?.inHand ?? [])) {
    const known = parseOperationId(id);
    if (known !== null) inHand.add(known);
  }
  return (id, next) => {
    if (inHand.has(id)) return true;
    const step = flowSteps[next];
    if (style === 'orchestrated' || step === undefined) return false;
    const work = pending[step];
    return work === null || work === undefined || work.queued === null || work.queued > 0;
  };
}
