/** The real parts a run needs and what can be done with them. Native, compose and external stacks all look like this. */
import type { BrokerName } from '../../scenarios/protocols/registry.ts';
import type { LinkName } from '../../scenarios/scenario.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import type { ToxiproxyClient } from './toxiproxy-client.ts';

export const stackModes = ['auto', 'native', 'compose', 'external'] as const;
export type StackMode = (typeof stackModes)[number];
export type { BrokerName };

/** Brokers by name. */
export interface StackNeeds extends Readonly<Partial<Record<BrokerName, boolean>>> {
  readonly toxiproxy: boolean;
  /** Left out: 1. */
  readonly kafkaBrokers?: number;
}

/** From the load to the broker, and from the broker to the services. */
export type BrokerLinkName = 'client' | 'service';

/** One proxied connection path. `address` is what a client dials. */
export interface Link {
  readonly name: LinkName;
  /** The proxy's name inside Toxiproxy. */
  readonly proxy: string;
  /** `host:port` of the proxy's listener. */
  readonly address: string;
  /** `host:port` behind it. */
  readonly upstream: string;
  /** Of the other brokers of a cluster: a fault on a link acts on all of them. */
  readonly others?: readonly Link[];
}

/** One of several. */
export interface BrokerMember {
  /** As the cluster numbers it. */
  readonly id: number;
  readonly directAddress: string;
  readonly process: SupervisedProcess;
}

export interface RunningBroker {
  readonly name: BrokerName;
  /** `host:port` without a proxy, of a cluster all of them with commas between: control, clean-up, `via: direct`. */
  readonly directAddress: string;
  /** Both exist where Toxiproxy runs, else empty. For Kafka each has its own advertised listener. */
  readonly links: Readonly<Partial<Record<BrokerLinkName, Link>>>;
  /** Of a cluster; left out: there is one. */
  readonly members?: readonly BrokerMember[];
}

/** Of a cluster's brokers the first has the plain name. */
export type ProcessName = 'toxiproxy' | BrokerName | 'kafka-2' | 'kafka-3';

export interface RunningStack {
  readonly mode: Exclude<StackMode, 'auto'>;
  /** e.g. { toxiproxy: '2.12.0', rabbitmq: '3.10.8', kafka: '4.3.1' }, read from the running parts. */
  readonly versions: Readonly<Record<string, string>>;
  readonly toxiproxy: ToxiproxyClient | null;
  readonly brokers: Readonly<Partial<Record<BrokerName, RunningBroker>>>;
  /** Those started by this stack (empty for external): toxiproxy, rabbitmq, kafka. For CPU accounts and process faults. */
  readonly processes: Readonly<Partial<Record<ProcessName, SupervisedProcess>>>;
  /** Folder for this run's logs and data; removed by `down` unless a part failed. */
  readonly directory: string;
  /** Creates a proxy to `upstream` (a service of ours or the user's own system) on a free loopback port. */
  openLink(name: LinkName, upstream: string): Promise<Link>;
  closeLink(link: Link): Promise<void>;
  /** Stops all that this stack started; undoes toxics and removes proxies on what it did not. Idempotent, never throws. */
  down(): Promise<void>;
}

/** The broker of this name; throws when the stack was started without it. */
export function requireBroker(brokers: RunningStack['brokers'], name: BrokerName): RunningBroker {
  const broker = brokers[name];
  if (broker === undefined) throw new Error(`this stack was started without ${name}`);
  return broker;
}
