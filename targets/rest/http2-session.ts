/** HTTP/2 for requests of one's own system: streams side by side on a few connections, each request one of them. */
import type { BodyBytes, Completion, HttpCounts } from '../../result/result-types.ts';
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { type DriverContext, outcomes, type Session } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { createReadBuffer, type Endpoint } from '../driver-kit/client-socket.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { ConnectionKeeper, connectionShare } from '../driver-kit/connection-keeper.ts';
import type { Conclusion } from '../driver-kit/http2/conclusion.ts';
import { Http2Connection } from '../driver-kit/http2/http2-connection.ts';
import type { ConnectionOwner, Http2Stream } from '../driver-kit/http2/http2-stream.ts';
import { TransparentRetries } from '../driver-kit/http2/transparent-retries.ts';
import { inOperation } from '../driver-kit/in-operation.ts';
import { peerName } from '../driver-kit/peer-name.ts';
import { WaitingSlots } from '../driver-kit/waiting-slots.ts';
import { AnswerJudge } from './answer-judge.ts';
import { Http2Answer } from './http2-answer.ts';
import { HopWriter, Http2RequestWriter } from './http2-request-writer.ts';

type Connection = Http2Connection<RequestStream>;

const nothing: Buffer[] = [];

/** One attempt. One object a slot, reused. */
class RequestStream implements Http2Stream {
  readonly slot: number;
  readonly answer: Http2Answer;
  id = 0;
  connection: Connection | null = null;
  sendWindow = 0;
  readonly following = nothing;
  readonly isComplete = true;
  unsent: Buffer | null = null;
  unsentFrom = 0;

  constructor(slot: number, codec: BodyCodec | null) {
    this.slot = slot;
    this.answer = new Http2Answer(codec);
  }
}

export class Http2RestSession implements Session, ConnectionOwner<RequestStream, Connection> {
  readonly #context: DriverContext;
  readonly #codec: BodyCodec | null;
  readonly #writers: readonly Http2RequestWriter[];
  readonly #streams: readonly RequestStream[];
  readonly #judge: AnswerJudge;
  readonly #waiting: WaitingSlots;
  readonly #retries: TransparentRetries;
  readonly #keeper: ConnectionKeeper;
  /** By index; each is replaced when it is lost or retired. */
  readonly #connections: Connection[] = [];
  /** Those whose last streams are still to end. */
  readonly #retired = new Set<Connection>();
  /** Requests that a connection may have. */
  readonly #reuse: number;
  /** By connection's index, since it was opened. */
  readonly #served: number[] = [];
  /** Indices of connections that have had their requests, and are dialled when one is needed. */
  readonly #closed: number[] = [];
  #isUsable = false;
  #turn = 0;

  constructor(context: DriverContext, endpoint: Endpoint, codec: BodyCodec | null) {
    const { target, operations, payloads, calls, sink, worker, workers } = context;
    const { connections, reuse = Number.POSITIVE_INFINITY } = target as RestTarget;
    this.#context = context;
    this.#codec = codec;
    this.#reuse = reuse;
    this.#writers = operations.map(({ name, request }, n) =>
      inOperation(
        target.name,
        name,
        () => new Http2RequestWriter(n, request as RestRequest, endpoint, payloads[n] ?? [], codec),
      ),
    );
    this.#streams = calls.map((_, slot) => new RequestStream(slot, codec));
    this.#judge = new AnswerJudge({ context, codec, take: null, again: (slot) => this.#place(slot) });
    this.#waiting = new WaitingSlots(calls.length);
    this.#retries = new TransparentRetries(calls.length, sink);
    const fields = this.#writers.flatMap(({ constantFields }) => constantFields);
    const readBuffer = createReadBuffer();
    this.#keeper = new ConnectionKeeper({
      reconnect: context.reconnect,
      target: context.target,
      count: connectionShare(connections, worker, workers),
      peer: `The HTTP/2 service at ${peerName(context)}`,
      connect: (index) => {
        const connection = new Http2Connection({ index, endpoint, readBuffer, owner: this, fields });
        this.#connections[index] = connection;
        return connection;
      },
    });
  }

  async open(signal: AbortSignal): Promise<void> {
    await this.#keeper.open(signal);
    this.#isUsable = true;
  }

  start(slot: number): void {
    this.#retries.begin(slot, this.#context.calls[slot]?.attempt);
    this.#place(slot);
  }

  #place(slot: number): void {
    const { length } = this.#connections;
    for (let tries = 0; tries < length && this.#waiting.length === 0; tries++) {
      this.#turn = this.#turn + 1 < length ? this.#turn + 1 : 0;
      const connection = this.#connections[this.#turn];
      if (!connection?.canOpenStream) continue;
      this.#send(connection, slot);
      return;
    }
    this.#waiting.push(slot);
    this.#dialClosed();
  }

  #dialClosed(): void {
    const index = this.#closed.shift();
    if (index !== undefined) this.#keeper.replace(index);
  }

  #send(connection: Connection, slot: number): void {
    const { calls, payloads } = this.#context;
    const call = calls[slot];
    const written = call && this.#writers[call.operation];
    const stream = this.#streams[slot];
    if (call === undefined || written === undefined || stream === undefined) return;
    const hop = this.#judge.hop(slot);
    if (hop === undefined) {
      written.prepare(call, payloads[call.operation]?.[call.payload]);
      this.#retries.sent(slot);
    }
    stream.connection = connection;
    stream.answer.answersHead = hop === undefined ? written.answersHead : hop.method === 'HEAD';
    connection.send(stream, hop === undefined ? written : new HopWriter(hop));
    const served = (this.#served[connection.index] ?? 0) + 1;
    this.#served[connection.index] = served;
    if (served >= this.#reuse) connection.retire();
  }

  #serve(connection: Connection): void {
    while (connection.canOpenStream) {
      const again = this.#retries.next(connection.index);
      if (again === -1 && this.#waiting.length === 0) return;
      this.#send(connection, again === -1 ? this.#waiting.shift() : again);
    }
  }

  ready(connection: Connection): void {
    const isLast = this.#keeper.opened(connection.index);
    this.#served[connection.index] = 0;
    if (this.#isUsable) this.#judge.handshakes++;
    this.#keeper.worked(connection.index);
    this.#serve(connection);
    if (isLast) this.#keeper.ready(); // each has had a round trip of its own, the settings
  }

  widened(connection: Connection): void {
    this.#serve(connection);
  }

  ended({ slot, answer }: RequestStream, connection: Connection, conclusion: Conclusion): void {
    const stream = this.#streams[slot];
    if (stream !== undefined) stream.connection = null;
    const isSentAgain = this.#judge.hop(slot) === undefined && this.#retries.takes(slot, conclusion, connection.index);
    if (this.#waiting.length > 0 || isSentAgain) this.#serve(this.#connections[connection.index] ?? connection);
    if (isSentAgain) return;
    if (conclusion.outcome === outcomes.ok) this.#judge.answered(slot, answer.status, answer.retryAfterMs, answer);
    else this.#judge.ended(slot, conclusion, answer);
  }

  /** Announced by the peer, or at the bound of its requests: not lost. */
  retired(connection: Connection): void {
    const { index } = connection;
    this.#retired.add(connection);
    if ((this.#served[index] ?? 0) < this.#reuse) this.#keeper.replace(index);
    else {
      this.#closed.push(index);
      if (this.#waiting.length > 0) this.#dialClosed();
    }
  }

  broke(connection: Connection, reason: string, cause: Error | null): void {
    this.#keeper.lost(connection.index, reason, cause);
  }

  finished(connection: Connection): void {
    this.#retired.delete(connection);
  }

  abort(slot: number): void {
    this.#judge.forget(slot);
    if (this.#waiting.remove(slot) || this.#retries.remove(slot)) return;
    const stream = this.#streams[slot];
    const connection = stream?.connection;
    if (stream === undefined || connection == null) return;
    connection.cancel(stream);
    stream.connection = null;
    this.#serve(connection);
  }

  readonly readsDeprecation = true;

  completion(operation: number): Completion {
    return completionOf(this.#context.target, this.#context.operations[operation]?.pattern);
  }

  bodyBytes(): BodyBytes | null {
    return this.#codec?.bodies() ?? null;
  }

  httpCounts(): HttpCounts {
    return this.#judge.counts();
  }

  reconnects(): number {
    return this.#keeper.reconnects;
  }

  async close(): Promise<void> {
    const retired = [...this.#retired].map((connection) => connection.close());
    await Promise.all([this.#keeper.close(), this.#judge.close(), ...retired]);
  }
}
