/**
 * What is known of a protocol without its driver: read by the schema, the checks, the faults and the stack. Where brokers of
 * one protocol differ in what they speak, each wire has facts of its own.
 */
import type { CompressionCodec } from '../codecs.ts';

export interface LinkProbe {
  /** Latin-1. */
  readonly request: string;
  /** What has gone there and back, where other bytes may come unasked; left out: any. */
  readonly answer?: string;
}

export interface BrokerFacts {
  readonly name: string;
  readonly title: string;
  /** How many of it can be started as one cluster, the usual number first. */
  readonly members: readonly [number, ...number[]];
  /** Of those that can be several: what they are for, as the end of a sentence. */
  readonly ofSeveral?: string;
}

export interface ProtocolFacts {
  /** Those that speak it so, the usual one first; none: the service answers itself. */
  readonly brokers: readonly BrokerFacts[];
  /** Of the addresses of own systems, with `//`; '' stands for a bare `host:port`. */
  readonly schemes: readonly string[];
  readonly exampleAddress: string;
  /** Where an address without a port leads. */
  readonly barePort: number;
  /** A connection has one request under way; others wait for one that is free. */
  readonly carriesOneAtATime: boolean;
  /**
   * Several brokers may be one: an address names some of them, with commas between, clients go on to those that these
   * advertise, and one leads each partition.
   */
  readonly isClustered: boolean;
  /** An address may hold user and password. */
  readonly takesCredentials: boolean;
  /** An address may have a query, which is sent. */
  readonly takesQuery: boolean;
  /** Of bodies or messages. */
  readonly codecs: readonly CompressionCodec[];
  /** What one message of a batch travels in, and what the batch does. */
  readonly batches: string;
  /** What an attempt is called where it fails. */
  readonly attempts: 'calls' | 'publishes';
  /** Its servers close the connection of a probe that they do not understand. */
  readonly serverCloses: boolean;
  /** Smallest exchange that a server answers to anybody: proof that a link carries, and how long it takes. */
  readonly probe: LinkProbe;
  /** Where a request has its headers, an own system's trace ids among them; null: they go with the connection. */
  readonly headersIn: 'headers' | 'metadata' | 'attributes' | null;
  /** How a subscriber has what is published; null: it cannot be had so. */
  readonly subscribes: string | null;
  /** Several instances of our service are the members of a consumer group. Left out: they are not. */
  readonly hasGroups?: true;
  /** Clients and services of two versions can be played over it (`evolution`). Left out: they cannot. */
  readonly playsEvolution?: true;
  /** The broker marks what it delivers again. */
  readonly marksRedelivered: boolean;
  /** What to expect of answers that come `ms` later. */
  delayed(ms: number): string;
}
