/** What the stream driver needs of a Kafka library; one implementation for each `client:`. */

export interface StreamMessage {
  readonly topic: string;
  readonly key: string | undefined;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface StreamClientOptions {
  /** `host:port` */
  readonly address: string;
  readonly clientId: string;
  readonly acks: 'all' | 0 | 1;
  /** Connections that produce. */
  readonly producers: number;
}

export interface StreamConsumeOptions {
  readonly topics: readonly string[];
  readonly groupId: string;
  /** `earliest`: a fresh topic of ours, all of it. `latest`: what comes after this call has resolved. */
  readonly from: 'earliest' | 'latest';
  readonly onMessage: (header: (name: string) => string | undefined) => void;
}

/** No retries of its own anywhere: the harness's policy is what is measured. */
export interface StreamClient {
  /** Rejects unless every topic exists. Resolves with the `host:port` of the brokers as they advertise themselves. */
  describe(topics: readonly string[]): Promise<readonly string[]>;
  /** One batch on one producer; resolves at the acknowledgement. */
  send(producer: number, messages: readonly StreamMessage[]): Promise<void>;
  /** Resolves when the position is fixed: nothing produced from then on is missed. */
  consume(options: StreamConsumeOptions): Promise<void>;
  /** Does not wait for ever. */
  close(): Promise<void>;
}
