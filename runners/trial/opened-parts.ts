/** What a trial opens, and what it needs to know for it. */

import type { LinkName, PartName, Scenario } from '../../scenarios/scenario.ts';
import type { BacklogGauge } from '../../targets/backlog-gauge.ts';
import type { HeldState } from '../../targets/domain/held-state.ts';
import type { PendingWork } from '../../targets/domain/service-domain.ts';
import type { ProtocolEntry } from '../../targets/driver.ts';
import type { Outputs, OutputsRead } from '../../targets/output-source.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import type { Link, RunningStack } from '../../targets/stack/stack.ts';
import type { Topology } from '../../targets/topology/topology.ts';
import type { FaultPart } from '../faults/fault-kind.ts';
import type { BacklogWatch } from '../recording/backlog-watch.ts';
import type { BrokerWatch } from '../recording/broker-watch.ts';
import type { PartProcesses } from '../recording/cpu-account.ts';
import type { AllLastWords } from '../recording/last-words.ts';
import type { Rebuild } from '../recording/rebuild-account.ts';
import type { SubscriberPlan } from '../subscribe/subscriber-messages.ts';
import type { PreparedTrial } from './prepare-trial.ts';

export interface TrialParts {
  /** `host:port` for the load to dial. */
  readonly address: string;
  readonly proxied: boolean;
  /** `host:port` of the second transport, for the load to dial; left out: there is none. */
  readonly fallbackAddress?: string;
  /** See DriverContext: of an own system that advertises addresses of its own. */
  readonly linkOf?: (broker: string) => Promise<string>;
  /** Where those dial that have what is published, and what each connection goes through instead; null: nothing is published. */
  readonly subscribersWay: Pick<SubscriberPlan, 'address' | 'through'> | null;
  readonly links: Readonly<Partial<Record<LinkName, Link>>>;
  /** One file a service; null for an own system: nobody keeps a ledger there. */
  readonly evidencePaths: readonly string[] | null;
  /** Of our services all processes, as their evidence numbers them. */
  readonly serviceNames: readonly string[];
  /** After `close`: what each of our services said at its end; null: killed meanwhile, or it did not say. */
  lastWords(): AllLastWords;
  /** Each time that a service of ours has folded its state anew from its log, in the order of time. Left out: none has a log. */
  rebuilds?(): readonly Rebuild[];
  /** After `close`, once: whose effects our services hold; null: not known. */
  takeHeld(): Promise<HeldState | null>;
  readonly processes: PartProcesses;
  /** Of `processes` our services, by name. */
  readonly services: Readonly<Record<string, SupervisedProcess>>;
  /** Tells our services when warm-up will be over, in monotonic µs. */
  loadStarts(zeroUs: number): void;
  /** null: no broker, or not our service behind it. */
  readonly backlog: {
    readonly counts: string;
    readonly watch: BacklogWatch;
    /** Of what our service has put aside; null: it puts nothing aside, or where nobody can count it. */
    readonly deadLetters: BacklogGauge | null;
  } | null;
  /** What our service has written because of what it took; null: nothing. Rejects where it can't be read. */
  readonly readOutputs: ((until: OutputsRead) => Promise<Outputs>) | null;
  /** null: no broker, or none of ours. */
  readonly brokerWatch: BrokerWatch | null;
  /** Of the parts of a flow: what each could still move, by name; null: it is gone, or did not say. {}: no flow. */
  pending(): Promise<Readonly<Record<string, PendingWork | null>>>;
  /** Our services give back to the broker what they hold, so that it counts; one that does not say so keeps it. */
  release(): Promise<void>;
  /** `processes` is all that this run keeps busy: neither an own system nor a part that somebody else started. */
  readonly allProcessesKnown: boolean;
  /** What faults may pause, kill or adjust: only what this run has started. */
  readonly faultParts: Readonly<Partial<Record<PartName, FaultPart>>>;
  /** Parts that ended although nobody asked them to, or did not come back after a fault. */
  lostParts(): readonly string[];
  close(): Promise<void>;
}

export interface TrialPartsInput {
  readonly scenario: Scenario;
  readonly entry: ProtocolEntry;
  readonly prepared: PreparedTrial;
  /** null when only direct own systems are under load. */
  readonly stack: RunningStack | null;
  readonly workDirectory: string;
  readonly trialId: string;
  /** See TrialContext. */
  readonly listenHost?: string | undefined;
  /** Left out: as the target asks for. */
  readonly topology?: Topology;
}

export type OpenedParts = Omit<TrialParts, 'close'>;
