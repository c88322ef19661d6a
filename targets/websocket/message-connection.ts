/** What a session and its connections say to each other, whichever client is beneath. */

import type { Call } from '../driver.ts';
import type { KeptConnection } from '../driver-kit/connection-keeper.ts';
import type { BodyTemplate } from '../driver-kit/encoded-body.ts';
import type { InOrderReplies } from './in-order-replies.ts';

export const closeGraceMs = 500;
export const normalClosure = 1000;
/** How a handshake ends that leaves messages as they are where they are to be packed. */
export const notDeflating = 'handshake without permessage-deflate';

export interface MessageConnection extends KeptConnection {
  /** For operations whose answers carry no id. */
  readonly inOrder: InOrderReplies;
  /** False once it is closing: what is sent then never leaves. */
  readonly canSend: boolean;
  send(message: BodyTemplate, isBinary: boolean, call: Call, payload: Buffer | undefined): void;
  /** A text that is written already, as UTF-8. */
  sendWritten(text: Buffer): void;
}

export interface WebSocketOwner<Connection> {
  opened(connection: Connection): void;
  message(connection: Connection, bytes: Buffer, start: number, end: number): void;
  /** The peer is behind with reading; until `drained` nothing more should be sent. */
  congested(connection: Connection): void;
  drained(connection: Connection): void;
  broke(connection: Connection, reason: string, cause: Error | null): void;
}

const goingAway = 1001;
/** Never sent: a close frame that gives no code. */
export const noStatus = 1005;
/** Never sent: what a library says when there was no close frame. */
export const abnormalClosure = 1006;

/** How a close frame of the peer is counted. */
export function closeReason(code: number): string {
  const isOrderly = code === normalClosure || code === goingAway || code === noStatus;
  return isOrderly ? 'connection closed' : `connection closed with ${code}`;
}
