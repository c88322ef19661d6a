/** What the targets of all protocols have. */

import type { Protocol } from '../result/result-types.ts';
import type { TlsSettings } from './access-settings.ts';
import type { Subscription } from './audience.ts';
import type { ChainSettings } from './chain-settings.ts';
import type { FlowSettings } from './flow-settings.ts';
import type { Gateway } from './gateway.ts';
import type { PushSettings } from './push-settings.ts';
import type { Resilience } from './resilience.ts';
import type { Secured } from './security.ts';
import type { ServiceSettings } from './service-runtime.ts';
import type { EventPlace, SettledSettings } from './settled-settings.ts';
import type { LogState } from './state-settings.ts';

export type Engine = 'native' | 'autocannon' | 'ghz';

/** Where our service keeps its state: in its process, or in a database that outlives it. */
export type StoreName = 'memory' | 'file';

/** A batch leaves when it is full, by number or bytes, or its first message has waited for `lingerMs`. */
export interface Batch {
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly lingerMs: number;
}

/** Header `traceparent`, with the flag that asks a tracer to record or without; off: not sent. */
export type TraceparentSetting = 'sampled' | 'unsampled' | 'off';

/** Where an own system's CPU, memory and metrics are read. One of them at least. */
export interface WatchSettings {
  readonly pid?: number;
  readonly cgroup?: string;
  /** Of the metrics' text. */
  readonly prometheus?: string;
  /** `name` or `name{label="value"}`, summed over all that fit. */
  readonly metrics?: readonly string[];
}

/** Where what a target leaves open comes from; absent: Wirebench's own. */
export type ClientSettingsName = 'client-defaults' | 'tuned';

export interface ClientSettings {
  readonly name: ClientSettingsName;
  /** Keys of it that are written on the target, and win. */
  readonly except: readonly string[];
}

/** Where a message goes that our service refuses and for which nobody waits. */
export type OnRefusal = 'requeue' | 'deadLetter' | 'drop';
/** Likewise of a log, which takes nothing back. */
export type OnRefusalOfStream = OnRefusal | 'block' | 'retryTopic';

export interface TargetBase extends Secured, LogState {
  readonly name: string;
  readonly protocol: Protocol;
  readonly engine: Engine;
  readonly via: 'toxiproxy' | 'direct';
  /** Set for the user's own system; absent for our reference service. */
  readonly address?: string;
  /** Of what an own system is sent; absent: off. */
  readonly traceparent?: TraceparentSetting;
  /** Of an own system; absent: its CPU and memory are not known. */
  readonly watch?: WatchSettings;
  /** Of an own system: when its flows are settled; absent: it has none. */
  readonly settled?: SettledSettings;
  /** Of an own system: where its subscribers have what it publishes; absent: there are none. */
  readonly events?: EventPlace;
  /** Of an own system, or made for a trial of ours; absent: as its address says. */
  readonly tls?: TlsSettings;
  /** Whole, the scenario's merged in; absent: just as the scenario's. */
  readonly resilience?: Resilience;
  /** Absent: each message leaves as it comes. */
  readonly batch?: Batch;
  /** Where our service keeps its orders; absent: in memory. */
  readonly store?: StoreName;
  /** What our service is written in; absent: node. */
  readonly service?: ServiceSettings;
  /** Processes of our service; absent: 1. */
  readonly instances?: number;
  /** Queues or topics of our service; absent: 1. */
  readonly topics?: number;
  /** Of each queue or topic, in each process; absent: 1. */
  readonly consumers?: number;
  /** Before them; absent: none. */
  readonly gateway?: Gateway;
  /** Several services behind the entry; absent: our reference service alone. */
  readonly flow?: FlowSettings;
  /** Services that call services, the entry among them; absent: our reference service alone. */
  readonly chain?: ChainSettings;
  /** Of pattern publish; absent: own. */
  readonly subscription?: Subscription;
  /** Of pattern publish; absent: as many as the scenario says. */
  readonly subscribers?: number;
  /** What our service does for its subscribers; absent: as usual. */
  readonly push?: PushSettings;
  /** It runs only when `--target` names it; absent: with all others. */
  readonly optional?: boolean;
}
