/** One client WebSocket of ws, over a socket that we dial, so that TLS is what it is for our own client. */
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Call } from '../driver.ts';
import { connectTimeoutMs, createSocket, type Endpoint, socketFailureReason } from '../driver-kit/client-socket.ts';
import type { BodyTemplate } from '../driver-kit/encoded-body.ts';
import { longestMessageBytes } from './frame-reader.ts';
import { type HandshakeWishes, hasOrigin, noSubprotocol } from './handshake.ts';
import { InOrderReplies } from './in-order-replies.ts';
import {
  abnormalClosure,
  closeGraceMs,
  closeReason,
  type MessageConnection,
  normalClosure,
  notDeflating,
  type WebSocketOwner,
} from './message-connection.ts';
import type { MessagePacking } from './message-packing.ts';
import { countMessages, deflateOptions } from './ws-packing.ts';

const oversized: readonly string[] = ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH'];

export interface WsConnectionOptions {
  readonly index: number;
  readonly endpoint: Endpoint;
  /** null: messages go as they are. */
  readonly packing: MessagePacking | null;
  readonly wishes: HandshakeWishes;
  readonly owner: WebSocketOwner<WsConnection>;
}

export class WsConnection implements MessageConnection {
  readonly index: number;
  readonly inOrder = new InOrderReplies();
  readonly #owner: WebSocketOwner<WsConnection>;
  readonly #socket: Socket;
  readonly #client: WebSocket;
  readonly #packing: MessagePacking | null;
  #isOpen = false;
  #dropped = false;
  /** A ping that came while the peer did not read: of several only the last need be answered (RFC 6455 §5.5.3). */
  #unanswered: Buffer | null = null;
  /** Of the socket: ws keeps to itself what it died of. */
  #failure: Error | null = null;

  constructor({ index, endpoint, packing, wishes, owner }: WsConnectionOptions) {
    this.index = index;
    this.#packing = packing;
    this.#owner = owner;
    const { authority, path, query, tls } = endpoint;
    const { headers = {}, subprotocols = [] } = wishes;
    const socket = createSocket(endpoint);
    this.#socket = socket;
    socket.on('error', (error) => {
      this.#failure = error;
    });
    socket.on('drain', () => {
      if (!this.#isOpen || this.#dropped) return;
      if (this.#unanswered !== null) this.#client.pong(this.#unanswered);
      this.#unanswered = null;
      owner.drained(this);
    });
    const options = {
      createConnection: () => socket,
      handshakeTimeout: connectTimeoutMs,
      closeTimeout: closeGraceMs, // not among its types
      autoPong: false, // it would answer them all, whether or not the peer reads
      maxPayload: longestMessageBytes,
      ...(!hasOrigin(headers) && { origin: `${tls === null ? 'http' : 'https'}://${authority}` }),
      headers,
      perMessageDeflate: packing === null ? false : deflateOptions(packing),
    };
    this.#client = new WebSocket(
      `${tls === null ? 'ws' : 'wss'}://${authority}${path || '/'}${query}`,
      [...subprotocols],
      options,
    );
    this.#listen(this.#client);
  }

  #listen(client: WebSocket): void {
    client.on('open', () => {
      if (this.#dropped) return;
      if (this.#packing !== null && !countMessages(client, this.#packing)) {
        this.#fail(notDeflating, null);
        return;
      }
      this.#isOpen = true;
      this.#owner.opened(this);
    });
    // The bytes come as one Buffer: `binaryType` stays at `nodebuffer`.
    client.on('message', (data: Buffer) => {
      if (!this.#dropped) this.#owner.message(this, data, 0, data.length);
    });
    client.on('ping', (payload: Buffer) => {
      if (this.#dropped) return;
      if (this.#socket.writableNeedDrain) this.#unanswered = payload;
      else client.pong(payload);
    });
    client.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
      this.#fail(`handshake status ${response.statusCode}`, null);
    });
    client.on('error', (error) => this.#fail(this.#reasonOf(error), error));
    client.on('close', (code) =>
      this.#fail(code === abnormalClosure ? this.#lossReason() : closeReason(code), this.#failure),
    );
  }

  get canSend(): boolean {
    return !this.#dropped && this.#client.readyState === WebSocket.OPEN;
  }

  send(message: BodyTemplate, isBinary: boolean, call: Call, payload: Buffer | undefined): void {
    this.#sendBytes(message.bytes(call, payload), isBinary);
  }

  sendWritten(text: Buffer): void {
    this.#sendBytes(text, false);
  }

  #sendBytes(bytes: Buffer, isBinary: boolean): void {
    this.#client.send(bytes, { binary: isBinary, compress: this.#packing?.packs(bytes) ?? false });
    if (this.#socket.writableNeedDrain) this.#owner.congested(this);
  }

  #reasonOf(error: Error & { readonly code?: string }): string {
    const { code = '', message } = error;
    if (message === 'Server sent no subprotocol') return noSubprotocol;
    if (/^Server sent .*subprotocol$/.test(message)) return 'handshake with what was not asked for';
    if (oversized.includes(code)) return 'oversized answer';
    if (code.startsWith('WS_ERR_') || code.startsWith('Z_')) return 'malformed answer';
    if (code === 'HPE_HEADER_OVERFLOW') return 'oversized answer';
    if (code.startsWith('HPE_')) return 'malformed answer';
    if (this.#failure !== null) return this.#lossReason();
    return code === '' ? `malformed handshake: ${message}` : socketFailureReason(error);
  }

  #lossReason(): string {
    return this.#failure === null ? 'connection closed' : socketFailureReason(this.#failure);
  }

  #fail(reason: string, cause: Error | null): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.#client.terminate();
    this.#socket.destroy();
    this.#owner.broke(this, reason, cause);
  }

  /** Says goodbye, waits a little for the peer's, and closes without a word to the owner. */
  async close(): Promise<void> {
    const says = this.#isOpen && !this.#dropped;
    this.#dropped = true;
    if (says) {
      this.#client.close(normalClosure);
      await Promise.race([this.#whenClosed(), sleep(closeGraceMs, undefined, { ref: false })]);
    }
    this.#client.terminate();
    this.#socket.destroy();
    await this.#whenClosed();
  }

  async #whenClosed(): Promise<void> {
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}
