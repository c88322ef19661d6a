/** The real parts a run needs and what can be done with them. Native, compose and external stacks all look like this. */
import type { BrokerName } from '../../scenarios/protocols/registry.ts';
import type { LinkName } from '../../scenarios/scenario.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import type { BrokerSecurity } from '../security/broker-security.ts';
import type { ToxiproxyClient } from './toxiproxy-client.ts';

export const stackModes = ['auto', 'native', 'compose', 'external'] as const;
export type StackMode = (typeof stackModes)[number];
export type { BrokerName };

export interface StackNeeds {
  readonly toxiproxy: boolean;
  /** How many of each; left out: none. */
  readonly brokers: Readonly<Partial<Record<BrokerName, number>>>;
  /** Of them those with TLS and users of their own beside what they offer in clear; left out: none. */
  readonly secured?: readonly BrokerName[];
  /** An address of this host at which the load reaches its links; left out: loopback. */
  readonly listenHost?: string | undefined;
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
  /** `host:port` where it is asked who leads; left out: at its direct address. */
  readonly asked?: string;
  readonly process: SupervisedProcess;
}

export interface RunningBroker {
  readonly name: BrokerName;
  /** `host:port` without a proxy, of a cluster all of them with commas between: control, clean-up, `via: direct`. */
  readonly directAddress: string;
  /** Both exist where Toxiproxy runs, else empty. For Kafka each has its own advertised listener. */
  readonly links: Readonly<Partial<Record<BrokerLinkName, Link>>>;
  /** Where it keeps its data, of a cluster one of each; left out: not on this machine, or not ours. */
  readonly folders?: readonly string[];
  /** Of a cluster; left out: there is one. */
  readonly members?: readonly BrokerMember[];
  /** Left out: in clear only. */
  readonly security?: BrokerSecurity;
  /** Where clients of a trial connect, if not at `directAddress`; `advertises`: it leads them there, whoever they dialled. */
  readonly listener?: { readonly address: string; readonly advertises: boolean };
}

/** Of a cluster's members the first has the plain name, the second `kafka-2`. */
type MemberName = `${BrokerName}-${number}`;
export type ProcessName = 'toxiproxy' | BrokerName | MemberName;
export type Processes = Partial<Record<Exclude<ProcessName, MemberName>, SupervisedProcess>> &
  Record<MemberName, SupervisedProcess>;

export interface RunningStack {
  readonly mode: Exclude<StackMode, 'auto'>;
  /** e.g. { toxiproxy: '2.12.0', rabbitmq: '3.10.8', kafka: '4.3.1' }, read from the running parts. */
  readonly versions: Readonly<Record<string, string>>;
  readonly toxiproxy: ToxiproxyClient | null;
  readonly brokers: Readonly<Partial<Record<BrokerName, RunningBroker>>>;
  /** Those started by this stack (empty for external). For CPU accounts and process faults. */
  readonly processes: Readonly<Processes>;
  /** Folder for this run's logs and data; removed by `down` unless a part failed. */
  readonly directory: string;
  /** Creates a proxy to `upstream` (a service of ours or the user's own system) on a free port: of loopback, or where the load reaches it. */
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

/** Those of a broker, of a cluster all of them. */
export function brokerProcesses(
  { processes }: Pick<RunningStack, 'processes'>,
  broker: BrokerName,
): SupervisedProcess[] {
  return Object.entries(processes).flatMap(([name, process]) =>
    name === broker || name.startsWith(`${broker}-`) ? [process] : [],
  );
}

/** Those that run as processes of this stack. */
export function startedBrokers(stack: Pick<RunningStack, 'processes' | 'brokers'>): BrokerName[] {
  return (Object.keys(stack.brokers) as BrokerName[]).filter((name) => brokerProcesses(stack, name).length > 0);
}

/** What is asked for of a stack, by the names of its parts. */
export function neededParts({ toxiproxy, brokers }: StackNeeds): ('toxiproxy' | BrokerName)[] {
  return [...(toxiproxy ? (['toxiproxy'] as const) : []), ...neededBrokers({ brokers }).map(([name]) => name)];
}

/** With how many of each. */
export function neededBrokers({ brokers }: Pick<StackNeeds, 'brokers'>): [BrokerName, number][] {
  return (Object.entries(brokers) as [BrokerName, number][]).filter(([, members]) => members > 0);
}
