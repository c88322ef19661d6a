/** The words that `result.json` and its shapes are made of. */
import { type Completion, laterTimes, type Pattern } from './patterns.ts';

export const protocols = ['rest', 'grpc', 'websocket', 'queue', 'stream'] as const;
export type Protocol = (typeof protocols)[number];

/** Between client and service stands a broker. */
export const brokeredProtocols = ['queue', 'stream'] as const satisfies readonly Protocol[];
export type BrokeredProtocol = (typeof brokeredProtocols)[number];

export function hasBroker(protocol: Protocol): protocol is BrokeredProtocol {
  return (brokeredProtocols as readonly Protocol[]).includes(protocol);
}

export type { Completion, Pattern };

export const phaseNames = ['warmup', 'steady', 'before', 'during', 'after', 'drain'] as const;
export type PhaseName = (typeof phaseNames)[number];

export function isPhase(name: string): name is PhaseName {
  return (phaseNames as readonly string[]).includes(name);
}

export const latencyNames = [
  'offered',
  'response',
  'service',
  'connectionWait',
  'sendLag',
  'acknowledged',
  ...laterTimes,
  'failed',
  'timedOut',
] as const;
/** What each covers stands with `latencySummariesSchema`. */
export type LatencyName = (typeof latencyNames)[number];

export const breakerStates = ['closed', 'open', 'halfOpen'] as const;
export type BreakerState = (typeof breakerStates)[number];

/** Where answers to reads came from, where caches are looked at: in the order of the drivers' numbers, from 1. */
export const answerSourceNames = ['hit', 'revalidated', 'replaced', 'miss'] as const;
