/** What the main thread and a load worker say to each other. */
import type { LatencyCountsData } from '../../result/latency-counts.ts';
import type {
  BatchCounts,
  BlockedPublishers,
  BodyBytes,
  Completion,
  HttpCounts,
  MessageCounts,
} from '../../result/result-types.ts';
import type { KeyUse } from '../../scenarios/operations.ts';
import type { Load, PayloadSpec, Request, Resilience, Target } from '../../scenarios/scenario.ts';
import type { CacheCounts, OperationSpec } from '../../targets/driver.ts';
import type { CanaryData } from '../canary/canary-account.ts';
import type { RecordedFailure } from '../recording/failure-samples.ts';
import type { NotableData } from '../recording/notable-operations.ts';
import type { OperationLogData } from '../recording/operation-log.ts';
import type { PhaseWindow } from '../recording/phase-windows.ts';
import type { BlockPlan, RecordingData } from '../recording/recorder.ts';
import type { SampleLogData, SampleTarget } from '../recording/sample-log.ts';
import type { ShownData } from '../recording/shown-versions.ts';
import type { TimelineData } from '../recording/timeline.ts';
import type { VersionCourseData } from '../recording/version-course.ts';
import type { WireBytes } from '../recording/wire-counter.ts';
import type { RecordedBreakerChange } from '../resilience/circuit-breaker.ts';
import type { LoadProgress } from './load-loop-options.ts';
import type { WorkerError } from './worker-error.ts';
import type { WorkerHealthData } from './worker-health.ts';

export interface PlannedOperation extends OperationSpec {
  readonly weight: number;
  /** Of an attempt; absent: that of the resilience. */
  readonly timeoutMs?: number;
  /** What the reference service does; null: it is the user's own system's business. */
  readonly action: string | null;
  /** Of the reference services' interface; absent: the first, unsaid. */
  readonly version?: number;
  readonly keyUse: KeyUse;
  readonly payload: PayloadSpec | null;
  /** Of each of several queues or topics, `request` first; absent: there is one. */
  readonly requestsByTopic?: readonly Request[];
}

/** All a worker needs; plain data. */
export interface LoadPlan {
  /** With the requests of the preset filled in. */
  readonly target: Target;
  readonly address: string;
  /** `address` is a proxy's. */
  readonly proxied: boolean;
  /** What brokers advertise is not dialled; the worker asks for a link to it. */
  readonly asksForLinks: boolean;
  readonly operations: readonly PlannedOperation[];
  readonly seed: number;
  readonly keys: { readonly count: number; readonly distribution: 'uniform' | 'zipf' };
  readonly cancellable: number;
  readonly load: Load;
  readonly resilience: Resilience;
  /** As planned. */
  readonly windows: readonly PhaseWindow[];
  /** The end of `during` is announced through the signals. */
  readonly duringEndsWhenReady: boolean;
  readonly timelineIntervalMs: number;
  readonly blocks: BlockPlan;
  readonly trialTag: string;
  /** Operations whose acknowledgements are told at once; []: of none. */
  readonly followed: readonly number[];
  /** Where long operation logs go; null: they stay in memory. */
  readonly logFolder: string | null;
  /** Left out: no line of each operation. */
  readonly samples?: SampleTarget | null;
  /** In all, wherever they are. */
  readonly workers: number;
  /** Those that are to be started here: worker k of n plays the same operations wherever it is. */
  readonly share: { readonly first: number; readonly count: number };
  /** Of the echo on loopback; null: no canaries. */
  readonly canaryPort: number | null;
  /** The memory of the LoadSignals, shared by all workers and their pacers. */
  readonly signals: SharedArrayBuffer;
  /** The second transport, for what was not ok on the first; left out: there is none. */
  readonly fallback?: Pick<LoadPlan, 'target' | 'address' | 'proxied' | 'operations'>;
  /** Where the worker may connect to beside loopback. */
  readonly allowHosts: readonly string[];
}

export type WorkerCommand =
  /** Answers `link`; `address` null: there is none, for this reason. */
  | { readonly type: 'linked'; readonly broker: string; readonly address: string | null; readonly reason: string }
  | { readonly type: 'begin'; readonly startUs: number }
  /** No more arrivals; what is in flight ends as timed out. */
  | { readonly type: 'stop' }
  /** Close the session and send everything. */
  | { readonly type: 'finish' };

export type WorkerReport =
  | { readonly type: 'opened'; readonly openMs: number }
  /** Nothing more will come of it: it could not open, or was led to a host that is not allowed. */
  | { readonly type: 'failed'; readonly error: WorkerError }
  /** Where is this broker to be dialled? */
  | { readonly type: 'link'; readonly broker: string }
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | SecondReport
  | HandedOver
  /** All arrivals were taken up and nothing is in flight. */
  | { readonly type: 'idle'; readonly acknowledged: number }
  | { readonly type: 'done'; readonly data: WorkerData };

/** Operations of LoadPlan.followed that were acknowledged, by the worker that is their producer. */
export interface HandedOver {
  readonly type: 'handedOver';
  readonly producer: number;
  readonly sequences: readonly number[];
}

/** What completed well in a second (from 0) of a warm-up that ends when it is steady; `spanMs`: since the last report. */
export interface SecondReport {
  readonly type: 'second';
  readonly second: number;
  readonly spanMs: number;
  readonly ok: LatencyCountsData;
}

export interface WorkerData {
  readonly recording: RecordingData;
  readonly timeline: TimelineData;
  readonly log: OperationLogData;
  /** null: nobody asked for them. */
  readonly samples: SampleLogData | null;
  /** null: nobody looked. */
  readonly shown: ShownData | null;
  readonly notable: NotableData;
  readonly failures: readonly RecordedFailure[];
  readonly completions: readonly Completion[];
  /** checksums[operation][payload]: CRC-32 of each body of the pool. */
  readonly checksums: readonly (readonly number[])[];
  /** Established as the load began; null: it never did. */
  readonly connections: number | null;
  readonly wire: WireBytes;
  /** null: nothing is compressed. */
  readonly bodies: BodyBytes | null;
  /** By operation; null: each call has one message either way. */
  readonly messages: readonly MessageCounts[] | null;
  /** null: nothing is gathered into batches. */
  readonly batches: BatchCounts | null;
  /** null: no operation has a version, and no answer said that something is deprecated. */
  readonly versions: VersionCourseData | null;
  /** Its session looks for what answers say of that. */
  readonly readsDeprecation: boolean;
  readonly reconnects: number;
  /** null: the broker never held them back. */
  readonly blockedPublishers: BlockedPublishers | null;
  readonly ignoredMessages: number | null;
  /** Since the session opened. */
  readonly http: HttpCounts | null;
  /** Of its clients; null: they have no caches. */
  readonly cache: CacheCounts | null;
  readonly breakerChanges: readonly RecordedBreakerChange[];
  /** null: the load never began. */
  readonly health: WorkerHealthData | null;
  /** null: there were none. */
  readonly canaries: CanaryData | null;
}
