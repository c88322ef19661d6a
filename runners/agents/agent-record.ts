/** What is known of an agent when a trial is over, beside what its workers recorded. */
import type { CpuUse } from '../recording/cpu-account.ts';
import type { AgentHost } from './agent-messages.ts';
import type { AgentShare } from './agent-shares.ts';

export interface AgentRecord {
  readonly name: string;
  readonly host: AgentHost;
  /** Numbers of its load workers. */
  readonly share: AgentShare;
  readonly clock: AgentClock;
  /** Left until the start of the load when the agent was told of it; null: it never said. */
  readonly leadMs: number | null;
  /** null: it played to the end. */
  readonly lost: { readonly why: string /** Monotonic µs. */; readonly atUs: number } | null;
  /** Of its host, over the measured time; null: not known. */
  readonly cpu: CpuUse | null;
  readonly throttled: number | null;
}

export interface AgentClock {
  /** How far its times may be off, µs. */
  readonly boundUs: number;
  readonly driftPpm: number | null;
  /** The median; null: no question was answered. */
  readonly roundTripUs: number | null;
  readonly jumped: boolean;
}
