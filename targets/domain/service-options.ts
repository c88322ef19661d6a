/** What a reference service is told when it starts: sent as the first IPC message by the parent. */
import type { Protocol } from '../../result/result-types.ts';
import type { Deprecation } from '../../scenarios/api-versions.ts';
import type { PushSettings, Target } from '../../scenarios/scenario.ts';
import type { ChainPartOptions } from '../chain/chain-part-options.ts';
import type { FlowPartOptions } from '../flow/flow-part-options.ts';
import type { ServiceSecurity } from '../security/service-security.ts';
import type { ServiceStall } from './service-stall.ts';
import type { SlowWork } from './slow-work.ts';

/** Orders that exist before warm-up: reads address `order-r-<n>`, each cancel its own `order-c-<n>`. */
export interface Population {
  readonly readable: number;
  readonly cancellable: number;
}

export interface ServiceOptions {
  readonly protocol: Protocol;
  readonly target: Target;
  /** Port to listen on (rest, grpc, websocket). */
  readonly port: number;
  /** Where it listens; left out: loopback. */
  readonly host?: string;
  /** `host:port` of the broker as this service sees it, perhaps through a proxy (queue, stream). */
  readonly broker: string | null;
  /** What is dialled in its place, of one that leads its clients to `broker`. Left out: `broker`. */
  readonly brokerLink?: string;
  /** `host:port` of each instance of the services that it calls, by name, perhaps through a proxy. Left out: it calls none. */
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  /** Broker resources of this trial; the service creates them. */
  readonly names: Readonly<Record<string, string>>;
  /** Of each of several queues or topics, `names` first. Left out: there is one. */
  readonly topicNames?: readonly Readonly<Record<string, string>>[] | undefined;
  /** File to which the service appends what it received and applied. */
  readonly evidencePath: string;
  /** Where its state is, or is said at its end: see StoreOptions. Left out: beside the evidence. */
  readonly statePath?: string;
  /** Which process of the trial this is, by its place in the topology: its evidence says so. Left out: 0. */
  readonly part?: number;
  /** Which of several processes of the same service, from 0: that one makes and removes what they share. Left out: 0. */
  readonly instance?: number;
  /** What is handed over to it is published to all that listen. Left out: nobody does. */
  readonly push?: PushSettings | undefined;
  readonly population: Population;
  readonly workTimeMs: number;
  readonly slow?: SlowWork | undefined;
  readonly stall?: ServiceStall | undefined;
  readonly rejectRatio: number;
  /** 0–1: see isUnreadable. Left out: 0. */
  readonly unreadableRatio?: number | undefined;
  /** Requests worked on at once; left out: as many as come. */
  readonly concurrency?: number | undefined;
  /** With `concurrency`: how many may wait for their turn; beyond, they are refused. */
  readonly waiting?: number | undefined;
  /** What refusals that may pass say of when to come back, where the protocol has words for it; left out: nothing. */
  readonly retryAfterMs?: number | undefined;
  /** What answers to calls of a version say of its end. Left out: nothing. */
  readonly deprecated?: Deprecation | undefined;
  /** Left out: false. */
  readonly idempotent?: boolean;
  /** Events that its log begins with, where its state is one; left out: none. */
  readonly history?: number | undefined;
  /** Where it may connect to beside loopback; left out: nowhere. */
  readonly allowHosts?: readonly string[];
  readonly seed: number;
  /** Left out: in clear, and everybody is served. */
  readonly security?: ServiceSecurity | undefined;
  /** It is a part of a flow. Left out: a service of its own. */
  readonly flow?: FlowPartOptions | undefined;
  /** It is one of several that call each other. Left out: it calls nobody. */
  readonly chain?: ChainPartOptions | undefined;
}

export function* populationIds({ readable, cancellable }: Population): Generator<string> {
  for (let n = 0; n < readable; n++) yield readableOrderId(n);
  for (let n = 0; n < cancellable; n++) yield cancellableOrderId(n);
}

export function readableOrderId(n: number): string {
  return `order-r-${n.toString().padStart(8, '0')}`;
}

export function cancellableOrderId(n: number): string {
  return `order-c-${n.toString().padStart(8, '0')}`;
}
