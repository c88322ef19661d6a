/** One HTTP/1.1 connection: one request at a time, no pipelining; it opens once and is replaced, never reopened. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connectSocket, type Endpoint, type SocketListener } from '../client-socket.ts';
import type { KeptConnection } from '../connection-keeper.ts';
import { answerStates } from './answer-state.ts';
import { ResponseParser } from './response-parser.ts';

export const noSlot = -1;
/** Larger requests are not kept, so that a thousand idle connections do not hold a payload each. */
const longestKeptBytes = 16 * 1024;

export interface ConnectionOwner {
  opened(connection: HttpConnection): void;
  /** `reusable`: another request may follow; otherwise the connection has closed itself. */
  answered(connection: HttpConnection, slot: number, status: number, reusable: boolean): void;
  /** The connection is gone, and with it the request in `slot`, unless that is `noSlot`. */
  broke(connection: HttpConnection, slot: number, reason: string, cause: Error | null): void;
}

export class HttpConnection implements SocketListener, KeptConnection {
  readonly index: number;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #parser = new ResponseParser();
  /** The last request's memory by operation. */
  readonly #kept: (Buffer | null)[] = [];
  #slot = noSlot;
  #dropped = false;

  constructor(index: number, endpoint: Endpoint, readBuffer: Buffer, owner: ConnectionOwner) {
    this.index = index;
    this.#owner = owner;
    this.#socket = connectSocket(endpoint, readBuffer, this);
  }

  /**
   * Memory for the next request of this operation: that of an earlier one may be written over when the kernel has taken
   * every byte of it.
   */
  reusableBytes(operation: number): Buffer | null {
    return this.#socket.writableLength === 0 ? (this.#kept[operation] ?? null) : null;
  }

  keepBytes(operation: number, bytes: Buffer): void {
    if (bytes.length <= longestKeptBytes) this.#kept[operation] = bytes;
  }

  send(slot: number, bytes: Buffer, answersHead: boolean): void {
    this.#slot = slot;
    this.#parser.begin(answersHead);
    this.#socket.write(bytes);
  }

  connected(): void {
    if (!this.#dropped) this.#owner.opened(this);
  }

  read(buffer: Buffer, length: number): void {
    if (this.#dropped) return;
    const isExpected = this.#slot !== noSlot;
    const state = isExpected ? this.#parser.read(buffer, 0, length) : answerStates.malformed;
    if (state === answerStates.malformed) this.#fail(isExpected ? 'malformed answer' : 'unexpected data');
    else if (state === answerStates.oversized) this.#fail('oversized answer');
    else if (state === answerStates.complete) {
      // Bytes behind the answer belong to nothing; an answer ahead of the request's end leaves the rest in the way.
      const isClean = this.#parser.consumed === length && this.#socket.writableLength === 0;
      this.#answer(this.#parser.keepAlive && isClean);
    }
  }

  closed(reason: string, cause: Error | null): void {
    if (this.#dropped) return;
    if (this.#slot === noSlot) this.#fail(reason, cause);
    else if (this.#parser.completeAtClose() && cause === null) this.#answer(false);
    else this.#fail(this.#parser.isUntouched ? reason : 'truncated answer', cause);
  }

  #answer(reusable: boolean): void {
    const slot = this.#slot;
    this.#slot = noSlot;
    if (!reusable) this.drop();
    this.#owner.answered(this, slot, this.#parser.status, reusable);
  }

  #fail(reason: string, cause: Error | null = null): void {
    const slot = this.#slot;
    this.#slot = noSlot;
    this.drop();
    this.#owner.broke(this, slot, reason, cause);
  }

  /** Closes without a word to the owner. */
  drop(): void {
    this.#dropped = true;
    this.#socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}
