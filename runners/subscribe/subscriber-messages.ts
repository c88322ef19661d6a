/** What the main process and the processes of a trial's subscribers say to each other. */
import type { Resume } from '../../scenarios/push-settings.ts';
import type { Target } from '../../scenarios/scenario.ts';
import type { CanaryData } from '../canary/canary-account.ts';
import type { WorkerError } from '../load/worker-error.ts';
import type { WorkerHealthData } from '../load/worker-health.ts';

export interface SubscriberPlan {
  readonly target: Target;
  /** See SubscriberContext. */
  readonly address: string;
  /** Of brokers that advertise themselves: what a connection to each goes through instead; null: nothing. */
  readonly through: Readonly<Record<string, string>> | null;
  readonly names: Readonly<Record<string, string>>;
  readonly trialTag: string;
  /** Of this process, by number, of `count` in all. */
  readonly subscribers: readonly number[];
  readonly count: number;
  readonly resume: Resume;
  /** Which of the processes this is, and how many there are. */
  readonly process: number;
  readonly processes: number;
  /** Monotonic µs; times of deliveries count from here. */
  readonly originUs: number;
  /** Of the canaries' other end, on loopback; null: there is none. */
  readonly echoPort: number | null;
  readonly seed: number;
  readonly allowHosts: readonly string[];
}

export type SubscriberCommand =
  | { readonly type: 'open'; readonly plan: SubscriberPlan }
  /** The measured part of the load, monotonic µs. */
  | { readonly type: 'measure'; readonly fromUs: number; readonly toUs: number }
  | { readonly type: 'pause'; readonly subscribers: readonly number[] }
  | { readonly type: 'resume'; readonly subscribers: readonly number[] }
  | { readonly type: 'progress' }
  /** The deliveries go to this file. */
  | { readonly type: 'finish'; readonly path: string };

export interface SubscriberProgress {
  /** Pairs (subscriber, publication) that are in. */
  readonly received: number;
  /** Of the last of them, monotonic µs; 0: there was none. */
  readonly lastUs: number;
  /** Subscribers that are not connected now. */
  readonly lost: number;
}

/** A time in which a subscriber was subscribed: monotonic µs. */
export interface SubscribedTime {
  readonly fromUs: number;
  /** null: until the end. */
  readonly toUs: number | null;
}

export interface SubscriberData {
  /** By subscriber, in the order of the plan. */
  readonly subscribed: readonly (readonly SubscribedTime[])[];
  readonly twice: number;
  /** Events with ids that are not of this trial. */
  readonly foreign: number;
  /** Events that held no id. */
  readonly unreadable: number;
  readonly reconnects: number;
  /** null: not known. */
  readonly bytesRead: number | null;
  readonly health: WorkerHealthData;
  /** null: none came back. */
  readonly canaries: CanaryData | null;
}

export type SubscriberReport =
  | { readonly type: 'opened' }
  | { readonly type: 'failed'; readonly error: WorkerError }
  | { readonly type: 'done' }
  | ({ readonly type: 'progress' } & SubscriberProgress)
  | { readonly type: 'finished'; readonly data: SubscriberData };
