import type { GuaranteeClass } from '../../result/guarantee.ts';
import type { Target } from '../../scenarios/scenario.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import type { PartContext } from './native/start-part.ts';
import type { Program } from './program.ts';
import type { ProxyLinks } from './proxy-links.ts';
import type { BrokerLinkName, ProcessName, RunningBroker } from './stack.ts';

/** What the native stack lends a broker that starts, and keeps of it. */
export interface BrokerHost {
  /** Installed program. */
  readonly path: string;
  readonly context: PartContext;
  /** How many are to be started, at least 1. */
  readonly members: number;
  /** With TLS and users of its own, beside what it offers in clear. */
  readonly isSecured: boolean;
  /** Resolves once Toxiproxy runs; null: nothing goes through a proxy. */
  links(): Promise<ProxyLinks | null>;
  /** It ends with the stack, and its CPU is the broker's. */
  keep(name: ProcessName, process: SupervisedProcess): void;
  /** It ends with the stack, and is nobody's account. */
  keepHelper(process: SupervisedProcess): void;
  version(text: string): void;
}

/** Where a link's proxy listens (what the broker advertises there) and what is behind it, both `host:port`. */
export interface AdvertisedLink {
  readonly listen: string;
  readonly upstream: string;
}

/** One that runs already. */
export interface ExternalBroker {
  /** `host:port` without TLS, of a cluster all of them with commas between. */
  readonly address: string;
  /** Where its protocol does not tell; whoever started it may know. */
  readonly version?: string;
  /** Listeners whose advertised address is a proxy's, one of each member; of those that advertise. */
  readonly links?: Readonly<Record<BrokerLinkName, readonly AdvertisedLink[]>>;
}

/** What docker-compose.yml has of it. */
export interface ComposePart {
  /** Ports that it takes from the environment, with its defaults; a run picks free ones. All on 127.0.0.1. */
  readonly ports: Readonly<Record<string, number>>;
  /** Names of its services there. */
  services(members: number): readonly string[];
  /** What else it takes from there. */
  environment(members: number): Readonly<Record<string, string>>;
  /** `local`: `host:port` of one of `ports`. */
  addresses(members: number, local: (port: string) => string): ExternalBroker;
}

/** Who leads what a trial is about: the first partition of its topic, or its queue. */
export interface Leads {
  /** What is led, as a proof names it. `name`: of the topic or queue. */
  what(name: string): Readonly<Record<string, string>>;
  /** The member's id; null: nobody leads. `addresses`: where members are asked, with commas between. Rejects when none answers. */
  leaderOf(addresses: string, name: string): Promise<number | null>;
}

/** All that is known of a broker outside the drivers of its protocol. */
export interface BrokerPart {
  readonly program: Program;
  /** Natively it is whatever this system ships. */
  readonly isSystems: boolean;
  /** Its clients go on to the address that it advertises, so each link needs a listener that advertises the proxy. */
  readonly advertises: boolean;
  readonly compose: ComposePart;
  /** By series, newest first: when community support ended, null: it had not. */
  readonly series: readonly (readonly [string, string | null])[];
  /** Rejects with a BenchError (exit 3) when it does not get ready. */
  start(host: BrokerHost): Promise<RunningBroker>;
  /**
   * A real round trip over so many members (1); rejects when there is none. Resolves with the version, null where its
   * protocol does not tell.
   */
  probe(address: string, members?: number): Promise<string | null>;
  /** What an acknowledgement of our reference service's target is worth; null: this version was never watched. */
  guarantee(target: Target, version: string): GuaranteeClass | null;
  /** Of one that can be a cluster. */
  readonly leads?: Leads;
}
