/** What the main thread and the observer of a trial's flows say to each other. */
import type { SettledSettings } from '../../scenarios/settled-settings.ts';
import type { PollCounts } from '../../targets/settled/flow-observer.ts';
import type { WorkerError } from '../load/worker-error.ts';

export interface ObserverPlan {
  readonly settings: SettledSettings;
  readonly trialTag: string;
  /** Where it notes each event of a flow of this trial, as evidence. */
  readonly path: string;
  readonly allowHosts: readonly string[];
}

export type ObserverCommand =
  /** The entry has acknowledged these operations of a load worker. */
  | { readonly type: 'follow'; readonly producer: number; readonly sequences: readonly number[] }
  | { readonly type: 'close' };

export type ObserverReport =
  | { readonly type: 'opened' }
  | { readonly type: 'failed'; readonly error: WorkerError }
  | { readonly type: 'closed'; readonly data: ObserverData };

export interface ObserverData {
  /** Events with ids that are not of this trial. */
  readonly foreign: number;
  /** Events without an id, or none that can be read. */
  readonly unreadable: number;
  /** How often nothing was seen for a while, and what came then was kept for nobody. */
  readonly interruptions: number;
  /** null: it asked for nothing. */
  readonly polls: PollCounts | null;
  readonly cpuUs: number;
}
