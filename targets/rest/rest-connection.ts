/** What a session and its connections say to each other, whichever client is beneath. */
import type { Call, FailureDetail } from '../driver.ts';
import type { KeptConnection } from '../driver-kit/connection-keeper.ts';
import type { Hop } from './redirects.ts';

export const noSlot = -1;
/** Stands for what is asked before any load, so that an answer shows a service and not just a proxy. */
export const probeSlot = -2;

/** What else is known of an answer, while it is told. */
export interface AnswerSource {
  /** Where bodies are kept. */
  readonly body?: Buffer | null;
  /** Where redirects are followed. */
  readonly location?: string | null;
  /** As written; null, or left out: the answer does not say. */
  readonly deprecation?: string | null;
  readonly sunset?: string | null;
  failureDetail?(): FailureDetail | null;
  /** Its status line and headers, as far as they came in one piece; null, or left out: not known. */
  head?(): string | null;
}

/** One request at a time; it opens once and is replaced, never reopened. */
export interface RestConnection extends KeptConnection, AnswerSource {
  /** What a redirect leads to; left out: they are not followed. */
  sendHop?(slot: number, hop: Hop): void;
  /** `HEAD` of that path, for `probeSlot`. */
  sendHead(path: string): void;
  send(slot: number, call: Call, payload: Buffer | undefined): void;
  /** Closes without a word to the owner. */
  drop(): void;
}

export interface RestConnectionOwner<Connection> {
  opened(connection: Connection): void;
  /** The request in this slot is handed to the connection now. */
  sent(slot: number): void;
  /** `retryAfterMs`: 0 when the answer does not say. */
  answered(connection: Connection, slot: number, status: number, retryAfterMs: number): void;
  /** Another request may follow. */
  freed(connection: Connection): void;
  /** It has closed as the peer announced, or as it had to: not lost. */
  spent(connection: Connection): void;
  /** The connection is gone, and with it the request in `slot`, unless that is `noSlot`. */
  broke(connection: Connection, slot: number, reason: string, cause: Error | null): void;
}
