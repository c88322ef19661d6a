/** Flows as resolved: what several services do with an order between them, and who leads. */
import type { FlowStep } from '../result/flow-steps.ts';
import type { BrokeredProtocol, Protocol } from '../result/result-types.ts';

/** Those that who leads knows how to call its participants by. */
export const flowCallProtocols = [
  'rest',
  'grpc',
  'websocket',
  'queue',
  'stream',
] as const satisfies readonly Protocol[];
export type FlowCallProtocol = (typeof flowCallProtocols)[number];

/** Of the workload: the same behind every target. */
export interface FlowWorkload {
  /** 0–1 of the orders, by their number: refused by this step. */
  readonly refuse: Readonly<Partial<Record<FlowStep, number>>>;
  /** Of each part; absent: as `service` says. */
  readonly workTimeMs?: number;
  readonly compensation: {
    /** What can't be undone for so long is left to a person. */
    readonly deadlineMs: number;
  };
}

/** What a part remembers of flows on their way. */
export type FlowLog = 'memory' | 'file';

/** How a change and the event that tells of it go together. */
export type FlowPublish = 'dual-write' | 'publish-first' | 'outbox';

interface FlowBase {
  /** A step that comes again for the same order has no second effect. */
  readonly idempotent: boolean;
}

export interface OrchestratedFlow extends FlowBase {
  readonly style: 'orchestrated';
  readonly over: FlowCallProtocol;
  readonly log: FlowLog;
}

export interface ChoreographedFlow extends FlowBase {
  readonly style: 'choreographed';
  readonly over: BrokeredProtocol;
  readonly publish: FlowPublish;
}

export type FlowSettings = OrchestratedFlow | ChoreographedFlow;

/** The service that clients call, and that leads where somebody does. */
export const flowEntry = 'orders';
