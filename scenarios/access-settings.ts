/** How a client gets in at a system that is somebody else's: certificates and credentials, as a scenario says them. */

/** Of connections to an own system. */
export interface TlsSettings {
  /** Absolute path of a PEM file; absent: the authorities that Node trusts. */
  readonly ca?: string;
  /** Likewise, what we show; `key` is there with it. */
  readonly cert?: string;
  readonly key?: string;
  /** Whom the certificate must name; absent: the host of the address. */
  readonly serverName?: string;
  /** false: any certificate will do. */
  readonly verify: boolean;
}

/** How to log in to the user's own Kafka. */
export type Sasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: 'oauthbearer';
      readonly token: string;
      readonly extensions?: Readonly<Record<string, string>>;
    };
