/** Requests to a broker that is paid by them, of clients and services together. */
import { sumOfBatches } from '../../result/batch-counts.ts';
import { isHandedOver } from '../../result/patterns.ts';
import type { PaidRequests, PhaseResult } from '../../result/result-types.ts';
import { brokerOf } from '../../scenarios/protocols/registry.ts';
import { brokerRequestsOf } from '../recording/last-words.ts';
import type { TrialRecords } from './trial-records.ts';

/** `phases`: all of them. null: the broker is not paid by requests, or the clients receive as well. */
export function paidRequestsOf(
  { target, evidencePaths, operations, workers, lastWords }: TrialRecords,
  phases: readonly PhaseResult[],
  acknowledged: number | null,
): PaidRequests | null {
  const isOneWay = operations.every(({ pattern }) => isHandedOver(pattern));
  if (brokerOf(target) !== 'sqs' || evidencePaths === null || !isOneWay) return null;
  const batches = workers.flatMap((worker) => worker.batches ?? []);
  const attempts = phases.reduce((sum, { counts }) => sum + counts.attempts, 0);
  const sends = batches.length > 0 ? sumOfBatches(batches).requests : attempts;
  const served = brokerRequestsOf(lastWords);
  const { receives = null, deletes = null, returns = null } = served ?? {};
  const all = served === null ? null : sends + served.receives + served.deletes + served.returns + served.replies;
  const perOperation = all === null || !acknowledged ? null : all / acknowledged;
  return { sends, receives, deletes, returns, perOperation };
}
