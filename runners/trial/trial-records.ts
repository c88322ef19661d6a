/** What a finished trial has left: of this its result is made. */

import type { MemoryResult, SettingValue, TrialResult, WarmupResult, WatchResult } from '../../result/result-types.ts';
import type { Scenario, Target } from '../../scenarios/scenario.ts';
import type { HeldState } from '../../targets/domain/held-state.ts';
import type { PendingWork } from '../../targets/domain/service-domain.ts';
import type { Population } from '../../targets/domain/service-options.ts';
import type { Outputs } from '../../targets/output-source.ts';
import type { AgentRecord } from '../agents/agent-record.ts';
import type { LoadClock } from '../load/load-clock.ts';
import type { PlannedOperation, WorkerData } from '../load/worker-messages.ts';
import type { WatchedFlows } from '../observe/flow-watch.ts';
import type { TrialPlan } from '../plan-trials.ts';
import type { BacklogSample } from '../recording/backlog-watch.ts';
import type { BrokerSpace } from '../recording/broker-watch.ts';
import type { CpuUse } from '../recording/cpu-account.ts';
import type { PartWaits } from '../recording/cpu-waits.ts';
import type { AllLastWords } from '../recording/last-words.ts';
import type { LinkBytes } from '../recording/link-bytes.ts';
import type { PhaseWindow } from '../recording/phase-windows.ts';
import type { Rebuild } from '../recording/rebuild-account.ts';
import type { SubscriberRecords } from '../subscribe/subscriber-crew.ts';
import type { Stopped } from './hopeless-watch.ts';

/** By part what it could still move; null: it is gone, or did not say. */
export type FlowPending = Readonly<Record<string, PendingWork | null>>;

export interface BacklogRecords {
  readonly counts: string;
  readonly samples: readonly BacklogSample[];
  /** Messages that waited after the drain; null: not known. */
  readonly atEnd: number | null;
  /** Messages that our service has put aside, as the broker counts them; null: none could be, or it could not say. */
  readonly deadLetters: number | null;
  readonly redelivered: number;
}

export interface TrialRecords {
  readonly plan: TrialPlan;
  readonly target: Target;
  /** What the ids of its operations begin with. */
  readonly trialTag: string;
  /** Of its repeat. */
  readonly seed: number;
  readonly semantics: Readonly<Record<string, SettingValue | null>>;
  readonly operations: readonly PlannedOperation[];
  readonly windows: readonly PhaseWindow[];
  readonly scenario: Scenario;
  readonly clock: LoadClock;
  readonly warmupEnded: WarmupResult['ended'];
  readonly allProcessesKnown: boolean;
  readonly workers: readonly WorkerData[];
  /** Whom the load was made by; none: this process. */
  readonly agents: readonly AgentRecord[];
  readonly evidencePaths: readonly string[] | null;
  /** Who should have left evidence and did not: services, the observer of flows. */
  readonly missingEvidence: readonly string[];
  /** See TrialParts. */
  readonly serviceNames: readonly string[];
  readonly lastWords: AllLastWords;
  /** See TrialParts; null: no service has a log. */
  readonly rebuilds: readonly Rebuild[] | null;
  readonly population: Population;
  /** What our services hold at the end; null: not known. */
  readonly held: HeldState | null;
  /** Of the links of a flow; null: not known, or no flow. */
  readonly linkBytes: LinkBytes | null;
  /** Of the flows of an own system; null: nobody looked for any. */
  readonly watchedFlows: WatchedFlows | null;
  /** Who had what was published; null: nothing is. */
  readonly subscribers: SubscriberRecords | null;
  /** Of a flow, at the end of the drain. */
  readonly pending: FlowPending;
  readonly drainMs: number;
  /** Where the load ended, µs from the start of the plan. */
  readonly loadedUntilUs: number;
  readonly backlog: BacklogRecords | null;
  /** What our service wrote because of what it took; null: nothing, or it could not be read. */
  readonly outputs: Outputs | null;
  /** null: no broker of ours. */
  readonly brokerSpace: BrokerSpace | null;
  readonly cpu: CpuUse | null;
  /** null: the target has none. */
  readonly watch: WatchResult | null;
  readonly waits: PartWaits | null;
  readonly memory: MemoryResult | null;
  readonly faults: TrialResult['faults'];
  readonly faultProblems: readonly string[];
  readonly lostParts: readonly string[];
  readonly cutShort: boolean;
  /** What ended the load before its time; null: nothing. */
  readonly stopped: Stopped | null;
  readonly startedAt: string;
}
