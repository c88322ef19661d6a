/** One HTTP/1.1 connection: one request at a time, no pipelining; it opens once and is replaced, never reopened. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Call, FailureDetail } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { connectSocket, type Endpoint, type SocketListener } from '../driver-kit/client-socket.ts';
import { detailOfHttp, mostDetailBytes } from '../driver-kit/failure-detail.ts';
import { PackedContent } from '../driver-kit/packed-content.ts';
import { answerStates } from './answer-state.ts';
import { type Hop, hopBytes } from './redirects.ts';
import type { RequestWriter } from './request-writer.ts';
import { ResponseParser } from './response-parser.ts';
import { noSlot, probeSlot, type RestConnection, type RestConnectionOwner } from './rest-connection.ts';

/** Larger requests are not kept, so that a thousand idle connections do not hold a payload each. */
const longestKeptBytes = 16 * 1024;
/** Of an answer's begin, which says how it went wrong, and what may be kept of it. */
const longestBeginBytes = mostDetailBytes * 2;

export interface HttpConnectionOptions {
  readonly index: number;
  readonly endpoint: Endpoint;
  /** By operation. */
  readonly writers: readonly RequestWriter[];
  /** null: answers are read as they are. */
  readonly codec: BodyCodec | null;
  readonly keepsBodies: boolean;
  readonly readBuffer: Buffer;
  readonly owner: RestConnectionOwner<HttpConnection>;
}

export class HttpConnection implements SocketListener, RestConnection {
  readonly index: number;
  readonly #owner: RestConnectionOwner<HttpConnection>;
  readonly #endpoint: Endpoint;
  readonly #writers: readonly RequestWriter[];
  readonly #socket: Socket;
  readonly #content: PackedContent | null;
  readonly #parser: ResponseParser;
  /** The last request's memory by operation. */
  readonly #kept: (Buffer | null)[] = [];
  /** Of the answer to what was asked last; null before its first byte. */
  #answerBegin: Buffer | null = null;
  #beginCopy: Buffer | null = null;
  #slot = noSlot;
  #dropped = false;
  /** Its answer is there, and it is told in a moment that it is free. */
  #isFreeing = false;

  constructor({ index, endpoint, writers, codec, keepsBodies, readBuffer, owner }: HttpConnectionOptions) {
    this.index = index;
    this.#owner = owner;
    this.#endpoint = endpoint;
    this.#writers = writers;
    this.#content = PackedContent.of(codec, keepsBodies);
    this.#parser = new ResponseParser(this.#content);
    this.#socket = connectSocket(endpoint, readBuffer, this);
  }

  get body(): Buffer | null {
    return this.#content?.body ?? null;
  }

  sendHead(path: string): void {
    this.#write(probeSlot, Buffer.from(`HEAD ${path} HTTP/1.1\r\nhost: ${this.#endpoint.authority}\r\n\r\n`), true);
  }

  /** Where the last answer leads; null: nowhere. */
  get location(): string | null {
    return this.#parser.location;
  }

  get deprecation(): string | null {
    return this.#parser.deprecation;
  }

  get sunset(): string | null {
    return this.#parser.sunset;
  }

  sendHop(slot: number, hop: Hop): void {
    this.#owner.sent(slot);
    this.#write(slot, hopBytes(hop), hop.method === 'HEAD');
  }

  send(slot: number, call: Call, payload: Buffer | undefined): void {
    const { operation } = call;
    const writer = this.#writers[operation];
    if (writer === undefined) return;
    // Memory of an earlier request may be written over when the kernel has taken every byte of it.
    const kept = this.#socket.writableLength === 0 ? (this.#kept[operation] ?? null) : null;
    const bytes = writer.write(call, payload, kept);
    this.#owner.sent(slot);
    this.#write(slot, bytes, writer.answersHead);
    if (bytes.length <= longestKeptBytes) this.#kept[operation] = bytes;
  }

  /** A whole request that somebody else has written, in the place of an operation's. */
  sendBytes(slot: number, bytes: Buffer): void {
    this.#owner.sent(slot);
    this.#write(slot, bytes, false);
  }

  #write(slot: number, bytes: Buffer, answersHead: boolean): void {
    this.#slot = slot;
    this.#answerBegin = null;
    this.#parser.begin(answersHead);
    this.#socket.write(bytes);
  }

  connected(): void {
    if (!this.#dropped) this.#owner.opened(this);
  }

  read(buffer: Buffer, length: number): void {
    if (this.#dropped) return;
    const isExpected = this.#slot !== noSlot;
    if (this.#parser.isUntouched) this.#answerBegin = buffer.subarray(0, Math.min(length, longestBeginBytes));
    else this.#addToBegin(buffer, length);
    const state = isExpected ? this.#parser.read(buffer, 0, length) : answerStates.malformed;
    if (state === answerStates.malformed) this.#fail(isExpected ? 'malformed answer' : 'unexpected data');
    else if (state === answerStates.oversized) this.#fail('oversized answer');
    else if (state === answerStates.complete) {
      // Bytes behind the answer belong to nothing.
      this.#answer(this.#parser.keepAlive && this.#parser.consumed === length);
    } else if (this.#answerBegin?.buffer === buffer.buffer) this.#keepBegin();
  }

  /** The memory is read into again: the begin of an answer that is not whole is copied, into the same place each time. */
  #keepBegin(): void {
    const begin = this.#answerBegin as Buffer;
    this.#beginCopy ??= Buffer.allocUnsafe(longestBeginBytes);
    this.#answerBegin = this.#beginCopy.subarray(0, begin.copy(this.#beginCopy));
  }

  /** A slow line brings a head in pieces. */
  #addToBegin(buffer: Buffer, length: number): void {
    const [begin, copy] = [this.#answerBegin, this.#beginCopy];
    if (begin === null || begin.buffer !== copy?.buffer || begin.length === longestBeginBytes) return;
    this.#answerBegin = copy.subarray(0, begin.length + buffer.copy(copy, begin.length, 0, length));
  }

  failureDetail(): FailureDetail | null {
    return this.#answerBegin === null ? null : detailOfHttp(this.#answerBegin);
  }

  head(): string | null {
    const begin = this.#answerBegin;
    const end = begin?.indexOf('\r\n\r\n') ?? -1;
    return begin === null || end === -1 ? null : begin.toString('latin1', 0, end);
  }

  closed(reason: string, cause: Error | null): void {
    if (this.#dropped) return;
    if (this.#slot === noSlot) this.#fail(reason, cause);
    else if (this.#parser.completeAtClose() && cause === null) this.#answer(false);
    else this.#fail(this.#parser.isUntouched ? reason : 'truncated answer', cause);
  }

  #answer(reusable: boolean): void {
    const problem = this.#content?.problem() ?? '';
    if (problem !== '') {
      this.#fail(problem);
      return;
    }
    const slot = this.#slot;
    this.#slot = noSlot;
    const { status, retryAfterMs } = this.#parser; // a request that waited begins a new answer
    if (!reusable) this.#spend();
    else if (this.#socket.writableLength === 0) this.#owner.freed(this);
    else {
      this.#isFreeing = true;
      setImmediate(this.#freeOrSpend);
    }
    this.#owner.answered(this, slot, status, retryAfterMs);
  }

  /**
   * An answer ahead of the request's end leaves the rest in the way. Of a TLS socket Node tells that all has gone a moment
   * after it has, in an immediate of its own that was there before.
   */
  readonly #freeOrSpend = (): void => {
    if (this.#dropped) return;
    this.#isFreeing = false;
    if (this.#socket.writableLength === 0) this.#owner.freed(this);
    else this.#spend();
  };

  #spend(): void {
    this.drop();
    this.#owner.spent(this);
  }

  #fail(reason: string, cause: Error | null = null): void {
    if (this.#isFreeing) {
      this.#spend(); // nobody has it
      return;
    }
    const slot = this.#slot;
    this.#slot = noSlot;
    this.drop();
    this.#owner.broke(this, slot, reason, cause);
  }

  drop(): void {
    this.#dropped = true;
    this.#socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}
