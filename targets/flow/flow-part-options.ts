/** What a part of a flow is told beside what every service is. */
import type { FlowStep } from '../../result/flow-steps.ts';
import type { FlowSettings, FlowWorkload } from '../../scenarios/flow-settings.ts';
import type { Resilience, Target } from '../../scenarios/scenario.ts';

/** How the leader reaches a participant. */
export interface Callee {
  /** With its requests: the first places the order there, the second cancels it. */
  readonly target: Target;
  /** Of its reply queue or topic, unique in the trial. */
  readonly tag: string;
}

export interface FlowPartOptions {
  /** Which part this is: the entry, or the step that it takes. */
  readonly role: 'orders' | FlowStep;
  readonly settings: FlowSettings;
  readonly workload: FlowWorkload;
  /** Of the leader; null: nobody leads. */
  readonly callees: Readonly<Record<FlowStep, Callee>> | null;
  /** Of calls between parts. */
  readonly policies: Pick<Resilience, 'timeoutMs' | 'retry'>;
  /** What the exchange is called, or the topics begin with. */
  readonly events: string;
  /** Of an order, as it goes from part to part. */
  readonly payloadBytes: number;
}
