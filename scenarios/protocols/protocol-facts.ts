/** What is known of a protocol without its driver: read by the schema, the checks, the faults and the stack. */
import type { CompressionCodec } from '../scenario.ts';

export interface ProtocolFacts {
  /** Those that may stand behind a reference target, the usual one first; none: the service answers itself. */
  readonly brokers: readonly string[];
  /** Of the addresses of own systems, with `//`; '' stands for a bare `host:port`. */
  readonly schemes: readonly string[];
  readonly exampleAddress: string;
  /** Where an address without a port leads. */
  readonly barePort: number;
  /** An address may name several servers, with commas between. */
  readonly takesSeveral: boolean;
  /** An address may hold user and password. */
  readonly takesCredentials: boolean;
  /** Of bodies or messages. */
  readonly codecs: readonly CompressionCodec[];
  /** What one message of a batch travels in, and what the batch does. */
  readonly batches: string;
  /** What an attempt is called where it fails. */
  readonly attempts: 'calls' | 'publishes';
  /** Its servers close the connection of a probe that they do not understand. */
  readonly serverCloses: boolean;
  /** What to expect of answers that come `ms` later. */
  delayed(ms: number): string;
}
