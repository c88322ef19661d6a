/** What the stream driver needs of a Kafka library; one implementation for each `client:`. */

import type { Compression, Sasl, StreamCodec, TlsSettings } from '../../scenarios/scenario.ts';
import type { LinkOf } from '../link-of.ts';

/** Of each part of a client; a dead broker says nothing. */
export const closeWithinMs = 1_500;

export interface StreamMessage {
  readonly topic: string;
  readonly key: string | undefined;
  /** null: a tombstone. */
  readonly value: Buffer | null;
  /** Left out: by the key. */
  readonly partition?: number;
  /** One array for all messages of a request. */
  readonly headerNames: readonly string[];
  /** In the order of the names. */
  readonly headerValues: readonly (string | Buffer | null)[];
}

export interface StreamClientOptions {
  /** Of record batches; what a consumer reads says itself how it was compressed. */
  readonly compression: Compression<StreamCodec> | undefined;
  /** `host:port`, of a cluster several with commas between. */
  readonly address: string;
  /** See DriverContext. */
  readonly linkOf?: LinkOf | undefined;
  /** In clear unless there is one; `tls.serverName` is for all brokers. */
  readonly tls?: TlsSettings | undefined;
  readonly sasl?: Sasl | undefined;
  readonly clientId: string;
  readonly acks: 'all' | 0 | 1;
  /** What a lost connection interrupts is sent again by the library, as the same batch. Left out: false. */
  readonly idempotent?: boolean;
  /** Connections that produce. */
  readonly producers: number;
  /** The library noticed that a producer lost a connection, though nothing was being sent. */
  readonly onLost: (producer: number) => void;
}

export interface StreamConsumeOptions {
  readonly topics: readonly string[];
  readonly groupId: string;
  /** `earliest`: a fresh topic of ours, all of it. `latest`: what comes after this call has resolved. */
  readonly from: 'earliest' | 'latest';
  /** `value`, `key`: null for none. */
  readonly onMessage: (header: (name: string) => string | undefined, value: Buffer | null, key: Buffer | null) => void;
}

export interface DescribedCluster {
  /** `host:port`, as they advertise themselves. */
  readonly brokers: readonly string[];
  /** How many each topic has. */
  readonly partitions: ReadonlyMap<string, number>;
}

/** No retries of its own in what is measured: the harness's policy is what counts. */
export interface StreamClient {
  /** Rejects unless every topic exists. */
  describe(topics: readonly string[]): Promise<DescribedCluster>;
  /** Resolves when the producer can send to the leaders of these topics (of this partition), now as well as after it was cut off. */
  connect(producer: number, topics: readonly string[], partition?: number): Promise<void>;
  /** One batch on one producer; resolves at the acknowledgement. Rejects with what `sendFailureOf` understands. */
  send(producer: number, messages: readonly StreamMessage[]): Promise<void>;
  /** Resolves when the position is fixed: nothing produced from then on is missed, whatever becomes of connections. */
  consume(options: StreamConsumeOptions): Promise<void>;
  /** Does not wait for ever. */
  close(): Promise<void>;
}
