/** Figures of a trial as a whole, by the metric's name: null where nobody knows. */
import { cacheFigures, cacheFigureUnits } from './cache-figures.ts';
import { cpuUsPerOperation } from './cpu-per-operation.ts';
import { gatewayAmplificationOf } from './gateway-amplification.ts';
import { balanceOf } from './instance-balance.ts';
import { overchargesOf } from './overcharges.ts';
import { rebuildFigures, rebuildFigureUnits } from './rebuild-figures.ts';
import type { ChainResult, TrialResult } from './result-types.ts';
import { serviceShareOf } from './service-share.ts';
import { deprecatedShareOf, sumOf } from './version-calls.ts';

/** What its values are written in. */
export const trialFigureUnits = {
  bytesPerOperation: 'size',
  cpuPerOperation: 'duration',
  highestBacklog: 'count',
  drainRate: 'rate',
  redelivered: 'count',
  balance: 'factor',
  serviceShare: 'percentage',
  gatewayAmplification: 'factor',
  slowChains: 'percentage',
  slowChainsGap: 'percentage',
  generatorMemory: 'size',
  serviceMemory: 'size',
  requestsPerOperation: 'factor',
  longestSilence: 'duration',
  shortestSilence: 'duration',
  partitionMoves: 'count',
  outputMissing: 'count',
  outputTwice: 'count',
  outputUncommitted: 'count',
  overcharged: 'count',
  publications: 'count',
  missed: 'count',
  missedInGaps: 'count',
  missedOutsideGaps: 'count',
  twice: 'count',
  outOfOrder: 'count',
  subscriptionGaps: 'count',
  subscriptionGap: 'duration',
  cpuPerDelivery: 'duration',
  bytesPerDelivery: 'size',
  deprecatedShare: 'percentage',
  toldDeprecated: 'count',
  retiredCalls: 'count',
  poisoned: 'count',
  poisonTold: 'count',
  poisonDeadLettered: 'count',
  poisonDropped: 'count',
  poisonRetrying: 'count',
  poisonLooping: 'count',
  poisonBlocked: 'count',
  poisonWaiting: 'count',
  poisonUnaccounted: 'count',
  goodWaiting: 'count',
  goodLost: 'count',
  goodApplied: 'rate',
  standStill: 'duration',
  longestWait: 'duration',
  ...cacheFigureUnits,
  ...rebuildFigureUnits,
} as const satisfies Record<string, 'size' | 'duration' | 'count' | 'rate' | 'percentage' | 'factor'>;
export type TrialFigure = keyof typeof trialFigureUnits;

type FigureOf = (trial: TrialResult) => number | null;

export const trialFigures: Readonly<Record<TrialFigure, FigureOf>> = {
  bytesPerOperation: ({ wire }) => wire.bytesPerOperation,
  cpuPerOperation: cpuUsPerOperation,
  highestBacklog: ({ backlog }) => backlog?.highest?.messages ?? null,
  /** A second, while a backlog that faults had built was worked off. */
  drainRate: ({ drain }) => drain?.deliveredPerSecond ?? null,
  /** Messages that the broker delivered again, where it says so. */
  redelivered: ({ backlog }) => backlog?.redelivered ?? null,
  balance: ({ receivedBy }) => balanceOf(receivedBy),
  serviceShare: serviceShareOf,
  gatewayAmplification: gatewayAmplificationOf,
  slowChains: ({ chain }) => (chain === undefined ? null : slowShare(chain)),
  /** Between that and 1−(1−p)^N, up or down. */
  slowChainsGap: ({ chain }) => {
    const share = chain === undefined ? null : slowShare(chain);
    return chain === undefined || share === null ? null : Math.abs(share - chain.expectedShare);
  },
  generatorMemory: ({ memory }) => memory?.generatorBytes ?? null,
  serviceMemory: ({ memory }) => memory?.serviceBytes ?? null,
  /** To a broker that is paid by them. */
  requestsPerOperation: ({ paidRequests }) => paidRequests?.perOperation ?? null,
  /** Of a consumer group: of its partitions. */
  longestSilence: ({ group }) => group?.longestSilenceUs ?? null,
  shortestSilence: ({ group }) => group?.shortestSilenceUs ?? null,
  partitionMoves: ({ group }) => group?.moves ?? null,
  /** Of what a service writes because of what it takes. */
  outputMissing: ({ outputs }) => outputs?.missing ?? null,
  outputTwice: ({ outputs }) => outputs?.twice ?? null,
  outputUncommitted: ({ outputs }) => outputs?.uncommitted ?? null,
  /** Charges beyond the first of each payment, as the accounts say. */
  overcharged: ({ payments }) => overchargesOf(payments),
  /** Of publications: what a subscriber was owed and did not get, got again, or got late; and its times without a subscription. */
  publications: ({ deliveries }) => deliveries?.publications ?? null,
  missed: ({ deliveries }) => deliveries?.missed ?? null,
  missedInGaps: ({ deliveries }) => deliveries?.missedInGaps ?? null,
  missedOutsideGaps: ({ deliveries }) =>
    deliveries === undefined ? null : deliveries.missed - deliveries.missedInGaps,
  twice: ({ deliveries }) => deliveries?.twice ?? null,
  outOfOrder: ({ deliveries }) => deliveries?.outOfOrder ?? null,
  /** Those that never ended as well. */
  subscriptionGaps: ({ deliveries }) =>
    deliveries === undefined ? null : deliveries.gaps.count + deliveries.gaps.neverBack,
  subscriptionGap: ({ deliveries }) => deliveries?.gaps.longestUs ?? null,
  /** Of the service and its broker together. */
  cpuPerDelivery: ({ deliveries }) => cpuPerDelivery(deliveries),
  bytesPerDelivery: ({ deliveries }) => deliveries?.bytesPerDelivery ?? null,
  deprecatedShare: deprecatedShareOf,
  /** Answers that said so. */
  toldDeprecated: ({ versions }) => sumOf(versions, ({ told }) => told),
  /** Refused since their version is gone. */
  retiredCalls: ({ versions }) => sumOf(versions, ({ retired }) => retired),
  /** Of poison: what can't be read, and where it ended. */
  poisoned: ({ poison }) => poison?.bad.offered ?? null,
  poisonTold: ({ poison }) => poison?.bad.told ?? null,
  poisonDeadLettered: ({ poison }) => poison?.bad.deadLettered ?? null,
  poisonDropped: ({ poison }) => poison?.bad.dropped ?? null,
  poisonRetrying: ({ poison }) => poison?.bad.retrying ?? null,
  poisonLooping: ({ poison }) => poison?.bad.looping ?? null,
  poisonBlocked: ({ poison }) => poison?.bad.blocked ?? null,
  poisonWaiting: ({ poison }) => poison?.bad.waiting ?? null,
  poisonUnaccounted: ({ poison }) => poison?.bad.unaccounted ?? null,
  /** Of all else beside it. */
  goodWaiting: ({ poison }) => poison?.good.waiting ?? null,
  goodLost: ({ poison }) => poison?.good.lost ?? null,
  goodApplied: ({ poison }) => poison?.goodPerSecond ?? null,
  standStill: ({ poison }) => poison?.standStillUs ?? null,
  longestWait: ({ poison }) => poison?.longestWaitUs ?? null,
  ...cacheFigures,
  ...rebuildFigures,
};
export const trialFigureNames = Object.keys(trialFigures) as TrialFigure[];

export function isTrialFigure(name: string): name is TrialFigure {
  return Object.hasOwn(trialFigures, name);
}

/** Of the chains that were answered; null: none was. */
export function slowShare({ slow, answered }: ChainResult): number | null {
  return answered === 0 ? null : slow / answered;
}

function cpuPerDelivery(deliveries: TrialResult['deliveries']): number | null {
  const { service = null, broker = null } = deliveries?.cpuUsPerDelivery ?? {};
  return service === null ? null : service + (broker ?? 0);
}
