/**
 * The words of `result.json`, one file for every command that measures, and the types of what is in it: the shapes
 * themselves stand in `schema/`. Importing from here costs nothing at run time: no schema is built.
 */
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

export type * from './schema/course-schema.ts';
export type * from './schema/evidence-schema.ts';
export type { SettingValue } from './schema/fields.ts';
export type * from './schema/latency-schema.ts';
export type * from './schema/phase-schema.ts';
export type * from './schema/plan-schema.ts';
export type * from './schema/run-schema.ts';
export type * from './schema/search-schema.ts';
export type * from './schema/trial-schema.ts';
export type * from './schema/verdict-schema.ts';
