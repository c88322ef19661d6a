/** The shape of `result.json`: one file for every command that measures. Times are milliseconds or microseconds, as named. */
import { type Completion, type LaterTime, laterTimes, type Pattern } from './patterns.ts';

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
/**
 * `offered` covers every offered operation, one that is not ok counting as infinitely late. `response` (intended start →
 * completion) and `service` (first byte of the last attempt → completion) hold those that were ok. `acknowledged`
 * (intended start → the earlier of confirm and reply, as the client saw it) covers every offered operation, one that
 * nobody took counting as infinitely late. `delivered` covers them in the same way; of a whole phase those that are
 * judged by it, the one-way ones. `failed` and `timedOut` hold intended
 * start → failure of those that failed (rejected ones included) or timed out.
 */
export type LatencyName = (typeof latencyNames)[number];

/**
 * Microseconds. Without samples only `count: 0`. A percentile is null when fewer than ten samples lie beyond it ("too
 * few") or when it falls among operations that never completed ("not reached"); `percentileGap` tells the two apart.
 */
export interface LatencySummary {
  readonly count: number;
  readonly min?: number | null;
  readonly mean?: number | null;
  readonly p50?: number | null;
  readonly p90?: number | null;
  readonly p99?: number | null;
  readonly p999?: number | null;
  readonly max?: number | null;
}

/**
 * offered = ok + rejected + failed + timedOut + dropped, always. `attempts`: those whose first byte was handed to a
 * connection, retries included; an operation that never had one has none, and ends with the reason `notSent`.
 */
export interface Counts {
  readonly offered: number;
  readonly ok: number;
  readonly rejected: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly dropped: number;
  readonly attempts: number;
  /** Of the attempts: sent again by the client itself, the peer having said that it never looked at the one before. Absent: none. */
  readonly resent?: number | undefined;
}

export type LatencySummaries = Readonly<Record<LatencyName, LatencySummary>>;

export const breakerStates = ['closed', 'open', 'halfOpen'] as const;
export type BreakerState = (typeof breakerStates)[number];

/** A circuit breaker changed its state. */
export interface BreakerChange {
  /** Milliseconds after the end of warm-up. */
  readonly atMs: number;
  readonly state: BreakerState;
  /** Each load thread is a client of its own: its number, from 0. */
  readonly client: number;
}

/** What the client's own policies did; see `resilience` in a scenario. */
export interface PolicyResult {
  /** Rejected by the client itself, without any attempt. */
  readonly refused: number;
  /** Retries that the retry budget did not allow. */
  readonly retriesDenied: number;
  /** Never handed to a connection: the client's waits, before connecting anew or for a free one, took all their time. */
  readonly unsent: number;
  /** Operations that were not ok and that the client answered itself; their outcome stays what it was. */
  readonly fallbacks: number;
  /** Intended start → answered so. */
  readonly fallbackUs: LatencySummary;
}

/**
 * 95 % intervals of percentiles from the blocks of this trial alone, µs: what the next run does differently is not in them.
 * The upper end null: not reached. Absent percentiles have too few samples, or too few blocks.
 */
export type WithinRun = Readonly<
  Partial<
    Record<
      'offered' | LaterTime,
      Readonly<Partial<Record<'p50' | 'p90' | 'p99' | 'p999', readonly [number, number | null]>>>
    >
  >
>;

/**
 * Operations by block of the measured part, from the end of warm-up, by intended start: phase → operation → time → counts,
 * as `block-counts.ts` writes them (`12:14:1,9,40`: block, first bin, counts; bins are half octaves from 32 µs, the last
 * one holds those that never got there).
 */
export interface BlocksResult {
  readonly blockMs: number;
  readonly phases: Readonly<
    Partial<Record<PhaseName, Readonly<Record<string, Readonly<Partial<Record<'offered' | LaterTime, string>>>>>>>
  >;
  /** The same counts by when it happened, drain included: operation → time → counts. */
  readonly happened?: Readonly<Record<string, Readonly<Partial<Record<LaterTime, string>>>>>;
}

export interface OperationResult {
  readonly completion: Completion;
  readonly pattern: Pattern;
  readonly counts: Counts;
  readonly latencyUs: LatencySummaries;
  /** Absent in results of earlier versions and of other engines. */
  readonly policies?: PolicyResult;
  /** Absent in phases that are not measured and in results of other engines. */
  readonly withinRunUs?: WithinRun;
}

export interface PhaseResult {
  readonly durationMs: number;
  /** By the scenario; null: nobody planned a rate. Absent in results of other engines. */
  readonly plannedPerSecond?: number | null;
  readonly offeredPerSecond: number;
  /** Successful completions whose completion time lies in this phase, a second. */
  readonly goodputPerSecond: number;
  readonly counts: Counts;
  readonly latencyUs: LatencySummaries;
  readonly operations: Readonly<Record<string, OperationResult>>;
  /** Absent in results of earlier versions and of other engines. */
  readonly policies?: PolicyResult;
  /** Why operations were not ok, most frequent first: reason → count. */
  readonly errors: Readonly<Record<string, number>>;
}

/** null: not known (an own system keeps no ledger for us). */
export interface LedgerResult {
  readonly acknowledged: number | null;
  readonly received: number | null;
  readonly applied: number | null;
  readonly lost: number | null;
  readonly unacknowledgedButApplied: number | null;
  readonly duplicatesReceived: number | null;
  readonly duplicatesApplied: number | null;
  readonly reordered: number | null;
  readonly corrupted: number | null;
  /** Taken by our own socket, which is all that the setting promises (acks=0, no confirms): neither acknowledged nor lost. */
  readonly acceptedOnly?: number | null;
  /** Of those: not applied after the drain. */
  readonly acceptedOnlyGone?: number | null;
  /** Acknowledged, not applied, and as many still waiting in the broker after the drain: not lost. A count, for the broker tells no ids. */
  readonly pendingInBroker?: number | null;
  /** Evidence of operations that nobody sent. */
  readonly unknown?: number | null;
}

/** Bodies before they were compressed and after; what went as it was is in none of them. */
export interface BodyBytes {
  readonly plainBytesUp: number;
  readonly wireBytesUp: number;
  readonly plainBytesDown: number;
  readonly wireBytesDown: number;
}

/** Requests that were to carry several messages each, and what they carried. */
export interface BatchCounts {
  readonly messages: number;
  readonly requests: number;
  /** By which the broker confirmed those messages; absent where there are none of their own. */
  readonly confirms?: number | undefined;
}

/** How a broker held its publishers back, at an alarm of its memory or disk: what is published then it does not read. */
export interface BlockedPublishers {
  readonly times: number;
  readonly durationMs: number;
  /** As the broker puts it. */
  readonly reason: string;
}

/** What the ledger holds against a system. */
export type LedgerKind =
  | 'lost'
  | 'acceptedOnlyGone'
  | 'unacknowledgedButApplied'
  | 'duplicatesReceived'
  | 'duplicatesApplied'
  | 'reordered'
  | 'corrupted';

export interface LedgerExample {
  readonly id: string;
  /** First attempt's first byte (the intended start where there was none), milliseconds after the end of warm-up. */
  readonly sentAtMs: number;
  /** `during kill`, `80 ms before kill`, `1200 ms after kill`; null without faults. */
  readonly when: string | null;
}

/** Money, in cents: what a payment that takes effect twice does to the customer. */
export interface PaymentsResult {
  /** Payments that took effect, each counted once. */
  readonly payments: number;
  /** What they come to. */
  readonly dueCents: number;
  /** By the service's record: each effect charges again. */
  readonly chargedCents: number;
  /** By the accounts of the service when it ended; null: it had been killed, and its accounts are in its memory. */
  readonly accountsCents: number | null;
}

export interface WireResult {
  readonly bytesUp: number | null;
  readonly bytesDown: number | null;
  readonly bytesPerOperation: number | null;
  /** Absent where the target does not compress. */
  readonly bodies?: BodyBytes | undefined;
  /** Absent where each message leaves as it comes. */
  readonly batches?: BatchCounts | undefined;
}

export interface CpuResult {
  readonly generatorUsPerOperation: number | null;
  readonly serviceUsPerOperation: number | null;
  readonly brokerUsPerOperation: number | null;
  readonly proxyUsPerOperation: number | null;
  /** Generator and proxy, of the CPU of all four (0–1); null: not known. Absent in results of earlier versions and of other engines. */
  readonly harnessShare?: number | null;
  /**
   * Time that the tasks of each part were ready to run and had no CPU, all tasks together, for each offered operation.
   * Absent in results of earlier versions and of other engines.
   */
  readonly waits?: CpuWaits;
  /** Of our services each, by name: µs an operation. Left out: there is none. */
  readonly parts?: Readonly<Record<string, number | null>>;
}

type CpuCost = 'generatorUsPerOperation' | 'serviceUsPerOperation' | 'brokerUsPerOperation' | 'proxyUsPerOperation';
/** null: no such part, or not known. */
export type CpuWaits = Readonly<Record<CpuCost, number | null>>;

/** The highest resident memory of each part's processes while it was measured; null: no such part, or not known. */
export interface MemoryResult {
  readonly generatorBytes: number | null;
  readonly serviceBytes: number | null;
  readonly brokerBytes: number | null;
  readonly proxyBytes: number | null;
}

export interface FaultResult {
  readonly fault: string;
  readonly link: string | null;
  /** Milliseconds after the end of warm-up. */
  readonly plannedAtMs: number;
  readonly plannedForMs: number;
  readonly appliedAtMs: number | null;
  readonly removedAtMs: number | null;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** What a reader should expect this fault to do to this protocol, in one sentence. */
  readonly expected: string;
  /** Evidence that it acted, e.g. probe round trips before and during in microseconds; null when it could not be proven. */
  readonly proof: Readonly<Record<string, string | number | boolean | null>> | null;
}

export interface TimelinePoint {
  /** Start of the interval, milliseconds after the end of warm-up (negative within it). Intervals are equally long. */
  readonly atMs: number;
  readonly offered: number;
  readonly ok: number;
  readonly failed: number;
  readonly timedOut: number;
  /** Percentiles of the ok ones; null where fewer than ten of them lie beyond. Results of older versions have no p90. */
  readonly p50Us: number | null;
  readonly p90Us?: number | null;
  readonly p99Us: number | null;
}

export interface BacklogPoint {
  /** Milliseconds after the end of warm-up (negative within it). */
  readonly atMs: number;
  readonly messages: number;
}

/** What waited in the broker for the consuming service, while the load lasted and until all was drained. */
export interface BacklogResult {
  /** What is counted, in words. */
  readonly counts: string;
  /** About two a second, fewer in a long trial (then each the highest of several); none while the broker could not say. */
  readonly points: readonly BacklogPoint[];
  /** Of the measured part and the drain; null without points. */
  readonly highest: BacklogPoint | null;
  /** Messages that reached the service with the broker's word that it had sent them before; null: it has no such word. */
  readonly redelivered: number | null;
  /** How often our service joined its consumer group anew; null: no group, or not known. Absent in results of earlier versions. */
  readonly rebalances?: number | null;
}

export interface VerdictReason {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly status: 'suspect' | 'invalid';
}

/**
 * The instrument’s own error in a trial, from canaries: send lag plus the way from a known answer to its record, less the
 * fastest of the latter. null: too few canaries for that percentile, of which ten must lie beyond.
 */
export interface CanaryFigures {
  readonly count: number;
  /** The fastest way from an answer to its record: what an undisturbed one takes. */
  readonly floorUs: number;
  readonly p50Us: number | null;
  readonly p90Us: number | null;
  readonly p99Us: number | null;
}

/** About the measurement, never about the system under load. */
export interface Verdict {
  readonly status: 'valid' | 'suspect' | 'invalid';
  readonly reasons: readonly VerdictReason[];
  /**
   * The load and what it was put on ran on the same cores, so that they took them from each other: what is true of these
   * parts on these cores need not be true elsewhere. Absent in results of earlier versions: not known.
   */
  readonly sharesCores?: boolean;
  /** What it was judged by, unit in the name, shares 0–1; null: not known. */
  readonly figures?: VerdictFigures;
}

type VerdictFigureName =
  | 'sendLagP50Us'
  | 'sendLagP99Us'
  | 'sendLagMaxUs'
  | 'longestStallMs'
  | 'longestGcPauseMs'
  | 'gcShare'
  | 'droppedLateShare'
  | 'cpuPressure'
  | 'cpuSteal'
  | 'cpuBusy'
  | 'otherWork'
  | 'eventLoopUtilisation'
  | 'unexplainedCents';

/** null or absent: not known. */
export interface VerdictFigures extends Readonly<Partial<Record<VerdictFigureName, number | null>>> {
  /** null: no canaries came back. Absent in results of earlier versions and of other engines. */
  readonly canary?: CanaryFigures | null;
}

/** How the warm-up ended: as planned, or with `warmup: auto` once steady, or (`notSteady`) when the longest was over. */
export interface WarmupResult {
  readonly durationMs: number;
  readonly ended: 'planned' | 'steady' | 'notSteady';
}

export type SettingValue = string | number | boolean;

/** What kept a system from a higher rate. `machine`: its CPUs, which all parts share. */
export type LimitingPart = 'generator' | 'machine' | 'service' | 'broker' | 'network' | 'connections';

export interface CapacityLimit {
  /** null: nothing of what is measured was at its end. */
  readonly part: LimitingPart | null;
  /** What it was read from, in one sentence. */
  readonly evidence: string;
}

/** `rate: max`: the highest rate within the objectives, and the trials that were played to find it. */
export interface CapacityResult {
  readonly target: string;
  readonly condition: string;
  /** Of a sweep; absent: the target as written. */
  readonly variant?: TuningCandidate['variant'];
  readonly slo: readonly string[];
  /** null: none was confirmed. */
  readonly ratePerSecond: number | null;
  /** `ceiling`, `floor`: of the rates that were to be tried. */
  readonly ended: 'confirmed' | 'ceiling' | 'floor' | 'unconfirmed' | 'interrupted';
  /** Lowest rate at which an objective was missed; null: none was. */
  readonly missedPerSecond: number | null;
  /** null: no rate was missed. */
  readonly limit: CapacityLimit | null;
  /** In the order in which they were played. `missed`: objectives and doubts of the verdict that stood against it. */
  readonly probes: readonly {
    readonly trial: string;
    readonly ratePerSecond: number;
    readonly purpose: 'probe' | 'confirm';
    readonly missed: readonly string[];
  }[];
}

/** One variant of a survey: what it reached, and whether any other is better in all of it. */
export interface TuningCandidate {
  /** {}: the target as the scenario writes it. */
  readonly variant: Readonly<Record<string, SettingValue>>;
  /** Of the objective's metric, in its unit; null: not known, or not reached. */
  readonly value: number | null;
  /** Of its trial; absent in results of earlier versions. */
  readonly verdict?: Verdict['status'];
  /** The objective's conditions hold; null: not known, as of an invalid trial. */
  readonly isWithin: boolean | null;
  /** The percentile that `TuningResult.percentile` names. */
  readonly latencyUs: number | null;
  readonly goodputPerSecond: number | null;
  /** Of generator, service, broker and proxy together. */
  readonly cpuUsPerOperation: number | null;
  readonly bytesPerOperation: number | null;
  /** No other is at least as good in latency, goodput, CPU and bytes, and better in one. */
  readonly isOnFront: boolean;
}

/** `bench tune`: what a sweep found for a target, and what it is worth beside the target as written. */
export interface TuningResult {
  readonly target: string;
  readonly condition: string;
  readonly objective: string;
  /** The highest that all variants of the survey have. */
  readonly percentile: 'p99' | 'p90' | 'p50';
  /** All variants, best first. */
  readonly survey: readonly TuningCandidate[];
  /** Measured again beside the target as written; best first by these repeats. */
  readonly finalists: readonly {
    readonly variant: TuningCandidate['variant'];
    /** Its value ÷ that of the target as written, over the repeats, with the 95 % interval; null: not known. */
    readonly against: {
      readonly ratio: number;
      readonly low: number;
      readonly high: number;
      readonly pairs: number;
    } | null;
    /** Of its trials and those of the target as written, which both count; absent where none is suspect. */
    readonly doubtful?: { readonly suspect: number; readonly trials: number };
    /** Repeats in which the value was not reached, so that there is no ratio; absent where it always was. */
    readonly notReached?: { readonly own: number; readonly asWritten: number; readonly repeats: number };
    readonly isBetter: boolean;
    /** By the interval, which holds for all finalists together; absent in results of earlier versions. */
    readonly side?: 'better' | 'worse' | 'notToldApart';
  }[];
}

export interface TrialResult {
  /** Of a search for the highest rate: tried on the way, no result of its own. Absent: it counts. */
  readonly purpose?: 'probe';
  readonly id: string;
  readonly target: string;
  readonly protocol: Protocol;
  readonly condition: string;
  readonly variant: Readonly<Record<string, SettingValue>>;
  readonly repeat: number;
  readonly engine: string;
  readonly model: 'open' | 'closed';
  readonly startedAt: string;
  /** What makes the comparison fair or unfair: durability, acks, tls, connections, codec, … as printed beside the numbers. */
  readonly semantics: Readonly<Record<string, SettingValue | null>>;
  /** What this engine cannot do, one sentence each; empty for the native engine. */
  readonly limitations: readonly string[];
  readonly verdict: Verdict;
  /** Absent in results of earlier versions. */
  readonly warmup?: WarmupResult;
  readonly phases: Readonly<Partial<Record<PhaseName, PhaseResult>>>;
  readonly ledger: LedgerResult;
  /** Absent where nothing is paid, or nobody keeps accounts for us. */
  readonly payments?: PaymentsResult;
  /** The first few operations of each kind; absent in results of earlier versions. */
  readonly ledgerExamples?: Readonly<Partial<Record<LedgerKind, readonly LedgerExample[]>>>;
  /**
   * Connections that were lost and opened again, warm-up included; what a client gave up itself, at a time-out, is none of
   * them. Absent in results of earlier versions and of other engines.
   */
  readonly reconnects?: number;
  /** Of the client that was held back longest, warm-up included. Absent: none was. */
  readonly blockedPublishers?: BlockedPublishers | undefined;
  readonly wire: WireResult;
  readonly cpu: CpuResult;
  /** Absent in results of earlier versions and of other engines. */
  readonly memory?: MemoryResult;
  readonly faults: readonly FaultResult[];
  /** In the order of time; of each client the first thousand. Absent without a circuit breaker. */
  readonly breaker?: readonly BreakerChange[];
  readonly timeline: readonly TimelinePoint[];
  /** Absent without a broker and a service of ours behind it, and in results of earlier versions. */
  readonly backlog?: BacklogResult;
  /** Absent in results of other engines. */
  readonly blocks?: BlocksResult;
  /** Phase → latency name → HDR V2, base64 (compressed form). */
  readonly histograms: Readonly<Partial<Record<PhaseName, Partial<Record<LatencyName, string>>>>>;
}

export interface ThresholdResult {
  readonly expression: string;
  /** In the unit of the threshold's metric: microseconds for latencies, a plain count or ratio otherwise. */
  readonly actual: number | null;
  readonly status: 'pass' | 'fail' | 'noData';
  /** The trial that decided, when there was one. */
  readonly trial?: string;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface EnvironmentResult {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Of brokers: whose package it is and whether its makers still care for it. Absent in results of earlier versions. */
  readonly support?: Readonly<Record<string, string>> | undefined;
  readonly gitCommit: string | null;
}

/** The one figure that the scenario tests; everything else explores. */
export interface PrimaryMetric {
  readonly operation: string;
  /** `<latency name> <percentile>`, e.g. `delivered p99`. */
  readonly metric: string;
  readonly condition: string;
  readonly phase: PhaseName;
}

/** What the reports read of the resolved scenario; result.json holds the whole of it under `plan`. */
export interface PlanView {
  readonly name: string;
  readonly question?: string | undefined;
  readonly primary?: PrimaryMetric | undefined;
  readonly workload: {
    readonly operations: Readonly<
      Record<string, { readonly weight: number; readonly pattern: Pattern; readonly payload?: string | undefined }>
    >;
    readonly payloads: Readonly<
      Record<string, { readonly sizeBytes?: number | undefined; readonly entropy?: number | undefined }>
    >;
  };
  readonly load: {
    readonly model: 'open' | 'closed';
    readonly arrivals?: string | undefined;
    /** With stages: the highest. */
    readonly ratePerSecond?: number | undefined;
    /** Of the measured part, one after the other; absent in results of earlier versions. */
    readonly stages?:
      | readonly { readonly forMs: number; readonly fromPerSecond: number; readonly toPerSecond: number }[]
      | undefined;
    readonly users?: number | undefined;
    readonly warmupMs: number;
    readonly warmupUntilSteady?: boolean | undefined;
    readonly durationMs: number;
  };
  readonly conditions: Readonly<Record<string, readonly unknown[]>>;
  readonly repeats: number;
}

/** A target that was not played under a condition: it lacks what the condition's faults act on. */
export interface SatOutResult {
  readonly target: string;
  readonly condition: string;
  /** `no broker`. */
  readonly lacks: string;
}

export interface RunResult {
  readonly schemaVersion: 1;
  /** See semantics-version.ts. */
  readonly semanticsVersion: 2;
  readonly status: 'complete' | 'partial' | 'interrupted';
  readonly run: {
    readonly id: string;
    readonly scenario: string;
    readonly startedAt: string;
    readonly finishedAt: string | null;
    readonly seed: number;
    /** Trials planned, so that a partial result tells how much is missing. */
    readonly trialsPlanned: number;
  };
  readonly environment: EnvironmentResult;
  readonly plan: PlanView;
  readonly trials: readonly TrialResult[];
  readonly thresholds: readonly ThresholdResult[];
  /** Absent where every target plays every condition. */
  readonly satOut?: readonly SatOutResult[];
  /** Of `bench tune`. */
  readonly tuning?: readonly TuningResult[];
  /** With `rate: max`. */
  readonly capacity?: readonly CapacityResult[];
  readonly warnings: readonly Warning[];
}
