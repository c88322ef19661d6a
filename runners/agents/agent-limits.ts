/** When an agent's part of a trial is not to be trusted. */
import type { AgentRecord } from './agent-record.ts';

/** Documented in docs/scale-out.md: change both. */
export const agentLimits = {
  /** Left until the start when an agent heard of it: later it may have begun after the others. */
  invalidLeadMs: 50,
  /** How far the times of two hosts may be off from each other. */
  suspectClockUs: 5_000,
  suspectClockShare: 0.01,
  invalidClockUs: 50_000,
  suspectThrottled: 0.01,
} as const;

/** Whether it heard of the start too late to be sure to begin with the others. */
export function isLate({ leadMs }: Pick<AgentRecord, 'leadMs'>): boolean {
  return leadMs !== null && leadMs < agentLimits.invalidLeadMs;
}
