/**
 * A scenario as resolved: defaults filled in, units turned into plain numbers (the unit is in the name), percentages of
 * the load turned into milliseconds, thresholds parsed. Its parts stand in files of their own, beside this one.
 */
import type { SchemaChange } from '../result/evolution-names.ts';
import type { PrimaryMetric, SettingValue } from '../result/result-types.ts';
import type { Threshold } from '../result/thresholds.ts';
import type { FaultWindow } from './faults/registry.ts';
import type { Load } from './load.ts';
import type { Target } from './protocols/definitions.ts';
import type { Subscribers } from './push-settings.ts';
import type { Resilience } from './resilience.ts';
import type { Workload } from './workload.ts';

export interface Scenario {
  readonly name: string;
  readonly question?: string;
  readonly primary?: PrimaryMetric;
  readonly workload: Workload;
  /** Who has what operations with pattern publish publish; absent: nothing is published. */
  readonly subscribers?: Subscribers;
  readonly load: Load;
  readonly targets: Readonly<Record<string, Target>>;
  /** Those that others fall back to, whether they run themselves or not; absent: none do. */
  readonly transports?: Readonly<Record<string, Target>>;
  readonly conditions: Readonly<Record<string, readonly FaultWindow[]>>;
  readonly resilience: Resilience;
  readonly thresholds: readonly Threshold[];
  /** How many of each broker are started, where it is more than 1. */
  readonly brokers?: Readonly<Record<string, number>>;
  readonly repeats: number;
  /** Of messages between clients and services of two versions, played once; absent: none are. */
  readonly evolution?: readonly SchemaChange[];
  /** Target → the assignments of its swept settings, by setting path; a target that is not swept is missing. */
  readonly sweep: Readonly<Record<string, readonly Readonly<Record<string, SettingValue>>[]>>;
  /** Host names and addresses outside loopback that load may be sent to. */
  readonly allowHosts: readonly string[];
}

export type * from './access-settings.ts';
export type * from './codecs.ts';
export type { LinkName } from './faults/on-link.ts';
export type { BrokerChoice, PartName } from './faults/on-part.ts';
export type { FaultWindow, LinkFault, PartFault } from './faults/registry.ts';
export type * from './load.ts';
export type { Request, Target } from './protocols/definitions.ts';
export type * from './protocols/grpc/target.ts';
export type * from './protocols/queue/target.ts';
export type * from './protocols/rest/target.ts';
export type * from './protocols/sqs/target.ts';
export type * from './protocols/stream/target.ts';
export type * from './protocols/websocket/target.ts';
export type * from './push-settings.ts';
export * from './resilience.ts';
export type * from './target-base.ts';
export type * from './workload.ts';
