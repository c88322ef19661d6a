/** gRPC calls over HTTP/2 connections of our own: all messages at once, one half-close, one status. */
import type { BodyBytes, Completion, MessageCounts } from '../../result/result-types.ts';
import type { GrpcTarget } from '../../scenarios/scenario.ts';
import { type Driver, type DriverContext, type FailureDetail, outcomes, type Session } from '../driver.ts';
import { openBatched, type TakeBody } from '../driver-kit/batched-session.ts';
import { BodyCodec } from '../driver-kit/body-codec.ts';
import { createReadBuffer, type Endpoint } from '../driver-kit/client-socket.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { ConnectionKeeper, connectionShare } from '../driver-kit/connection-keeper.ts';
import type { Conclusion } from '../driver-kit/http2/conclusion.ts';
import { Http2Connection } from '../driver-kit/http2/http2-connection.ts';
import type { ConnectionOwner } from '../driver-kit/http2/http2-stream.ts';
import { TransparentRetries } from '../driver-kit/http2/transparent-retries.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { peerName } from '../driver-kit/peer-name.ts';
import { WaitingSlots } from '../driver-kit/waiting-slots.ts';
import { batchFormat } from './batch-format.ts';
import type { CallWriter } from './call-writer.ts';
import { grpcEndpoint, writersFor } from './call-writers.ts';
import { unencodableRequest } from './grpc-answer.ts';
import { GrpcStream } from './grpc-stream.ts';
import { MessageTally } from './message-tally.ts';
import { GrpcStreamSession } from './stream-session.ts';

export const grpcDriver: Driver = {
  protocol: 'grpc',
  async open(context, signal) {
    signal.throwIfAborted();
    const target = context.target as GrpcTarget;
    const { batch, calls, compression } = target;
    const endpoint = grpcEndpoint(context.address, target);
    const codec = BodyCodec.of(compression);
    if (calls === 'stream') return openedSession(new GrpcStreamSession(context, endpoint, codec), signal);
    if (batch === undefined) {
      const writers = await writersFor(context, endpoint, signal, codec);
      return openedSession(new GrpcSession(context, endpoint, writers, codec), signal);
    }
    const { format, writer } = batchFormat(context, endpoint, codec);
    return openBatched(context, batch, format, (beneath, takeBody) =>
      openedSession(new GrpcSession(beneath, endpoint, [writer], codec, takeBody), signal),
    );
  },
};

class GrpcSession implements Session, ConnectionOwner<GrpcStream, Http2Connection<GrpcStream>> {
  readonly #context: DriverContext;
  readonly #writers: readonly CallWriter[];
  readonly #codec: BodyCodec | null;
  readonly #takeBody: TakeBody | null;
  /** null: each call has one message both ways. */
  readonly #messages: MessageTally | null;
  readonly #streams: readonly GrpcStream[];
  readonly #readBuffer = createReadBuffer();
  /** By index; each is replaced when it is lost or retired. */
  readonly #connections: Http2Connection<GrpcStream>[] = [];
  /** Those whose last streams are still to end. */
  readonly #retired = new Set<Http2Connection<GrpcStream>>();
  readonly #waiting: WaitingSlots;
  readonly #retries: TransparentRetries;
  readonly #unencodable = new Set<number>();
  readonly #keeper: ConnectionKeeper;
  #turn = 0;
  #openStreams = 0;
  /** The one on which a call ended last. */
  #freed: Http2Connection<GrpcStream> | null = null;

  constructor(
    context: DriverContext,
    endpoint: Endpoint,
    writers: readonly CallWriter[],
    codec: BodyCodec | null,
    takeBody: TakeBody | null = null,
  ) {
    const { target, calls, sink, worker, workers } = context;
    this.#context = context;
    this.#writers = writers;
    this.#codec = codec;
    this.#takeBody = takeBody;
    this.#messages = MessageTally.of(writers);
    this.#streams = calls.map((_, slot) => new GrpcStream(slot, codec, takeBody !== null || context.tellsAll === true));
    this.#waiting = new WaitingSlots(calls.length);
    this.#retries = new TransparentRetries(calls.length, sink);
    const fields = writers.map(({ constantFields }) => constantFields);
    this.#keeper = new ConnectionKeeper({
      reconnect: context.reconnect,
      target: context.target,
      count: connectionShare((target as GrpcTarget).connections, worker, workers),
      peer: `The gRPC service at ${peerName(context)}`,
      connect: (index) => {
        const connection = new Http2Connection({ index, endpoint, readBuffer: this.#readBuffer, owner: this, fields });
        this.#connections[index] = connection;
        return connection;
      },
    });
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#keeper.open(signal);
  }

  start(slot: number): void {
    this.#retries.begin(slot, this.#context.calls[slot]?.attempt);
    if (this.#waiting.length === 0) {
      const { length } = this.#connections;
      // Where a call has just ended, as long as it has its share or less: calls that follow one another in the same turn
      // of the event loop then leave in one write, which is most of what a call costs.
      const freed = this.#freed;
      if (freed?.canOpenStream && freed.openStreams * length <= this.#openStreams) {
        this.#send(freed, slot);
        return;
      }
      // Else turn by turn, as the clients of gRPC do.
      for (let tries = 0; tries < length; tries++) {
        this.#turn = this.#turn + 1 < length ? this.#turn + 1 : 0;
        const connection = this.#connections[this.#turn];
        if (connection?.canOpenStream) {
          this.#send(connection, slot);
          return;
        }
      }
    }
    this.#waiting.push(slot);
  }

  #send(connection: Http2Connection<GrpcStream>, slot: number): void {
    const { calls, payloads } = this.#context;
    const call = calls[slot];
    const writer = call && this.#writers[call.operation];
    const stream = this.#streams[slot];
    if (call === undefined || writer === undefined || stream === undefined) return;
    try {
      writer.prepare(call, payloads[call.operation]?.[call.payload]);
    } catch {
      this.#failSoon(slot);
      return;
    }
    this.#retries.sent(slot);
    this.#openStreams++;
    stream.connection = connection;
    stream.answer.shape = writer.answers;
    stream.operation = call.operation;
    this.#messages?.sent(call.operation, writer.messages);
    connection.send(stream, writer);
  }

  /** A template in a field that is no text may give what the field cannot hold. */
  #failSoon(slot: number): void {
    this.#unencodable.add(slot);
    queueMicrotask(() => {
      if (this.#unencodable.delete(slot)) this.#report(slot, unencodableRequest);
    });
  }

  #report(slot: number, { outcome, reason, retryable }: Conclusion): void {
    const tell = () => this.#detailOf(this.#streams[slot]);
    this.#context.sink.completed(slot, outcome, reason, retryable, tell);
  }

  /** Where all is told, the messages that came with it. */
  #detailOf(stream: GrpcStream | undefined): FailureDetail | null {
    const detail = stream?.answer.failureDetail() ?? null;
    const read = stream && this.#writers[stream.operation]?.readAnswer;
    if (detail === null || stream === undefined || !read || this.#context.tellsAll !== true) return detail;
    const said = detail.head.endsWith('grpc-status: 0') ? [] : [detail.body]; // of an error, not a mere OK
    const texts = [...said, ...stream.answer.gathered.map(read)];
    return { ...detail, body: texts.filter((one) => one !== '').join('\n') };
  }

  /** Those that wait come before what a completion may start. */
  #serve(connection: Http2Connection<GrpcStream>): void {
    while (connection.canOpenStream) {
      const again = this.#retries.next(connection.index);
      if (again === -1 && this.#waiting.length === 0) return;
      this.#send(connection, again === -1 ? this.#waiting.shift() : again);
    }
  }

  ready(connection: Http2Connection<GrpcStream>): void {
    const isLast = this.#keeper.opened(connection.index);
    this.#keeper.worked(connection.index);
    this.#serve(connection);
    if (isLast) this.#keeper.ready(); // each has had a round trip of its own, the settings
  }

  widened(connection: Http2Connection<GrpcStream>): void {
    this.#serve(connection);
  }

  ended(stream: GrpcStream, connection: Http2Connection<GrpcStream>, conclusion: Conclusion): void {
    this.#openStreams--;
    stream.connection = null;
    this.#freed = connection;
    const isSentAgain = this.#retries.takes(stream.slot, conclusion, connection.index);
    if (this.#waiting.length > 0 || isSentAgain) this.#serve(this.#connections[connection.index] ?? connection);
    if (isSentAgain) return;
    this.#messages?.received(stream.operation, stream.answer.messages);
    const { retryAfterMs } = stream.answer;
    if (retryAfterMs > 0 && conclusion.retryable) this.#context.sink.retryAfter(stream.slot, retryAfterMs);
    const { body, deprecation, sunset } = stream.answer;
    if (deprecation !== null) this.#context.sink.deprecated?.(stream.slot, deprecation, sunset);
    if (body !== null && conclusion.outcome === outcomes.ok) this.#takeBody?.(stream.slot, body);
    this.#report(stream.slot, conclusion);
  }

  retired(connection: Http2Connection<GrpcStream>): void {
    this.#retired.add(connection);
    this.#keeper.replace(connection.index); // announced by the peer: not lost
  }

  broke(connection: Http2Connection<GrpcStream>, reason: string, cause: Error | null): void {
    this.#keeper.lost(connection.index, reason, cause);
  }

  finished(connection: Http2Connection<GrpcStream>): void {
    this.#retired.delete(connection);
  }

  abort(slot: number): void {
    if (this.#waiting.remove(slot) || this.#unencodable.delete(slot) || this.#retries.remove(slot)) return;
    const stream = this.#streams[slot];
    const connection = stream?.connection;
    if (stream === undefined || connection == null) return;
    this.#messages?.received(stream.operation, stream.answer.messages);
    connection.cancel(stream);
    stream.connection = null;
    this.#openStreams--;
    this.#serve(connection);
  }

  readonly readsDeprecation = true;

  completion(operation: number): Completion {
    return completionOf(this.#context.target, this.#context.operations[operation]?.pattern);
  }

  messages(): readonly MessageCounts[] | null {
    return this.#messages?.counts() ?? null;
  }

  bodyBytes(): BodyBytes | null {
    return this.#codec?.bodies() ?? null;
  }

  reconnects(): number {
    return this.#keeper.reconnects;
  }

  async close(): Promise<void> {
    await Promise.all([this.#keeper.close(), ...[...this.#retired].map((connection) => connection.close())]);
  }
}
