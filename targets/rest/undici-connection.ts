/**
 * One connection that undici speaks HTTP on. We dial, so that there are exactly as many connections as the scenario says,
 * and TLS is what it is for our own client; the requests, the parsing and the rules of reuse are undici's.
 */
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { Call, FailureDetail } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { dialSocket, type Endpoint } from '../driver-kit/client-socket.ts';
import { detailOf, mostDetailBytes } from '../driver-kit/failure-detail.ts';
import { PackedContent } from '../driver-kit/packed-content.ts';
import { longestBodyBytes, longestHeadBytes } from './answer-state.ts';
import { noSlot, probeSlot, type RestConnection, type RestConnectionOwner } from './rest-connection.ts';
import { retryAfterMs } from './retry-after.ts';
import { undiciFailureReason } from './undici-failure.ts';
import type { UndiciRequests } from './undici-requests.ts';

/** The longest that timers take: never. */
const longestTimerMs = 2 ** 31 - 1;

export interface UndiciConnectionOptions {
  readonly index: number;
  readonly endpoint: Endpoint;
  /** By operation. */
  readonly requests: readonly UndiciRequests[];
  /** null: answers are read as they are. */
  readonly codec: BodyCodec | null;
  readonly owner: RestConnectionOwner<UndiciConnection>;
}

export class UndiciConnection implements RestConnection, Dispatcher.DispatchHandler {
  readonly index: number;
  readonly #options: UndiciConnectionOptions;
  readonly #socket: Socket;
  readonly #client: Client;
  /** undici has the socket: it does so with the first request. */
  #isHandedOver = false;
  readonly #content: PackedContent | null;
  #slot = noSlot;
  #status = 0;
  #retryAfterMs = 0;
  /** Of the last answer. */
  #headers: IncomingHttpHeaders = {};
  readonly #bodyBegin: Buffer[] = [];
  #bytesReadBefore = 0;
  #isDispatching = false;
  #ended = false;
  readonly #settle = (): void => {
    if (!this.#ended && this.#socket.destroyed) this.#spend();
    else if (!this.#ended) this.#options.owner.freed(this);
  };
  readonly #readIdle = (): void => {
    if (this.#socket.read() !== null) this.#fail('unexpected data', null);
  };

  constructor(options: UndiciConnectionOptions) {
    const { endpoint, index, codec } = options;
    this.#content = codec === null ? null : new PackedContent(codec);
    this.index = index;
    this.#options = options;
    this.#client = new Client(`${endpoint.tls === null ? 'http' : 'https'}://${endpoint.authority}`, {
      pipelining: 1,
      // The load loop bounds attempts: no timers beside its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: longestTimerMs,
      maxHeaderSize: longestHeadBytes,
      maxResponseSize: longestBodyBytes,
      // undici asks from within its loop over what is pending, and would not look again if it were answered there.
      connect: (_options, callback) => queueMicrotask(() => this.#handOver(callback)),
    });
    this.#client.on('disconnect', (_origin, _targets, error) => this.#lose(error));
    this.#socket = dialSocket(endpoint, {
      connected: () => this.#connected(),
      closed: (reason, cause) => {
        if (!this.#isHandedOver) this.#fail(reason, cause);
      },
    });
  }

  #connected(): void {
    if (this.#ended) return;
    this.#socket.on('readable', this.#readIdle); // without a reader nobody would see the peer close
    this.#options.owner.opened(this);
  }

  /** One socket a client: a request that would need another fails, and the owner replaces the connection. */
  #handOver(callback: (...result: [error: null, socket: Socket] | [error: Error, socket: null]) => void): void {
    if (this.#isHandedOver) callback(new Error('connection closed'), null);
    else {
      this.#isHandedOver = true;
      this.#socket.off('readable', this.#readIdle);
      callback(null, this.#socket);
    }
  }

  sendHead(path: string): void {
    // undici closes after a HEAD, unless it is told not to.
    this.#dispatch(probeSlot, {
      method: 'HEAD',
      path,
      headers: { host: this.#options.endpoint.authority },
      reset: false,
    });
  }

  send(slot: number, call: Call, payload: Buffer | undefined): void {
    const requests = this.#options.requests[call.operation];
    if (requests !== undefined) this.#dispatch(slot, requests.options(call, payload));
  }

  #dispatch(slot: number, options: Dispatcher.DispatchOptions): void {
    this.#slot = slot;
    this.#status = 0;
    this.#isDispatching = true;
    this.#client.dispatch(options, this);
    this.#isDispatching = false;
  }

  /** undici writes it now: on a connection that was idle it looks first whether that still stands. */
  onRequestStart(): void {
    if (this.#ended) return;
    this.#bytesReadBefore = this.#socket.bytesRead;
    this.#options.owner.sent(this.#slot);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    this.#bodyBegin.length = 0;
    const retryAfter = headers['retry-after'];
    this.#retryAfterMs = retryAfter === undefined ? 0 : retryAfterMs(String(retryAfter), Date.now());
    if (this.#content === null) return;
    this.#content.begin();
    const encoding = String(headers['content-encoding'] ?? '')
      .trim()
      .toLowerCase();
    if (encoding !== 'identity') this.#content.encoding = encoding;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#status >= 300 && this.#bodyBegin.length === 0) this.#bodyBegin.push(chunk.subarray(0, mostDetailBytes));
    this.#content?.take(chunk, 0, chunk.length);
  }

  get deprecation(): string | null {
    return this.#headerText('deprecation');
  }

  get sunset(): string | null {
    return this.#headerText('sunset');
  }

  #headerText(name: string): string | null {
    const value = this.#headers[name];
    return value === undefined ? null : String(value);
  }

  failureDetail(): FailureDetail | null {
    if (this.#status === 0) return null;
    const fields = Object.entries(this.#headers).flatMap(([name, value = []]) =>
      [value].flat().map((one) => `${name}: ${one}`),
    );
    const head = [`HTTP/1.1 ${this.#status}`, ...fields].join('\n');
    const encoding = this.#headers['content-encoding'];
    return detailOf(head, Buffer.concat(this.#bodyBegin), encoding === undefined ? undefined : String(encoding));
  }

  onResponseEnd(): void {
    if (this.#ended) return;
    const problem = this.#content?.problem() ?? '';
    if (problem !== '') {
      this.#fail(problem, null);
      return;
    }
    const slot = this.#slot;
    this.#slot = noSlot;
    // Only after this turn does undici know whether another request may follow, and only then would it write one.
    setImmediate(this.#settle);
    this.#options.owner.answered(this, slot, this.#status, this.#retryAfterMs);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#ended) return;
    const isTouched = this.#status !== 0 || this.#socket.bytesRead > this.#bytesReadBefore;
    const reason = undiciFailureReason(error, isTouched);
    if (this.#isDispatching) queueMicrotask(() => this.#fail(reason, error));
    else this.#fail(reason, error);
  }

  /** The socket has closed; a request that it carried has been reported before. */
  #lose(error: Error & { readonly code?: string }): void {
    if (this.#ended) return;
    if (error.code === 'UND_ERR_INFO') this.#spend();
    else this.#fail(undiciFailureReason(error, false), error);
  }

  #spend(): void {
    this.drop();
    this.#options.owner.spent(this);
  }

  #fail(reason: string, cause: Error | null): void {
    if (this.#ended) return;
    const slot = this.#slot;
    this.#slot = noSlot;
    this.drop();
    this.#options.owner.broke(this, slot, reason, cause);
  }

  drop(): void {
    this.#ended = true;
    void this.#client.destroy();
    this.#socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}
