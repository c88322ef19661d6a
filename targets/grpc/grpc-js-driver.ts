/** gRPC by grpc-js, for those who ask about their own client: one of its clients a connection. */
import { Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Completion, MessageCounts } from '../../result/result-types.ts';
import type { GrpcTarget } from '../../scenarios/scenario.ts';
import type { Call, Driver, DriverContext, FailureDetail, Session } from '../driver.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { ConnectionKeeper, connectionShare } from '../driver-kit/connection-keeper.ts';
import { detailOf } from '../driver-kit/failure-detail.ts';
import { type Conclusion, malformedAnswer, succeeded } from '../driver-kit/http2/conclusion.ts';
import { TransparentRetries } from '../driver-kit/http2/transparent-retries.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { peerName } from '../driver-kit/peer-name.ts';
import { WaitingSlots } from '../driver-kit/waiting-slots.ts';
import type { CallWriter } from './call-writer.ts';
import { grpcEndpoint, writersFor } from './call-writers.ts';
import { endedEmpty, prefixBytes, unencodableRequest } from './grpc-answer.ts';
import { GrpcJsConnection } from './grpc-js-connection.ts';
import { conclusionOfGrpcJs, wasNeverSent } from './grpc-js-failure.ts';
import { MessageTally } from './message-tally.ts';
import { retryInfoMs, statusDetails } from './retry-info.ts';

export const grpcJsDriver: Driver = {
  protocol: 'grpc',
  async open(context, signal) {
    signal.throwIfAborted();
    const endpoint = grpcEndpoint(context.address, context.target as GrpcTarget);
    return openedSession(new GrpcJsSession(context, endpoint, await writersFor(context, endpoint, signal)), signal);
  },
};

class GrpcJsSession implements Session {
  readonly #context: DriverContext;
  readonly #writers: readonly CallWriter[];
  /** Connected; used in turn. */
  readonly #ready: GrpcJsConnection[] = [];
  #turn = 0;
  readonly #waiting: WaitingSlots;
  readonly #retries: TransparentRetries;
  /** By slot; null when nothing of it is in flight. */
  readonly #callOf: ({ cancel(): void } | null)[];
  /** null: each call has one message both ways. */
  readonly #messages: MessageTally | null;
  readonly #unencodable = new Set<number>();
  readonly #keeper: ConnectionKeeper;

  constructor(context: DriverContext, endpoint: Endpoint, writers: readonly CallWriter[]) {
    const { target, calls, sink, worker, workers } = context;
    this.#context = context;
    this.#writers = writers;
    this.#messages = MessageTally.of(writers);
    this.#waiting = new WaitingSlots(calls.length);
    this.#retries = new TransparentRetries(calls.length, sink);
    this.#callOf = calls.map(() => null);
    this.#keeper = new ConnectionKeeper({
      reconnect: context.reconnect,
      target: context.target,
      count: connectionShare((target as GrpcTarget).connections, worker, workers),
      peer: `The gRPC service at ${peerName(context)}`,
      connect: (index) =>
        new GrpcJsConnection(index, endpoint, (target as GrpcTarget).compression, {
          ready: (connection) => this.#connected(connection),
          lost: (connection, reason, cause) => this.#lost(connection, reason, cause),
        }),
    });
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#keeper.open(signal);
  }

  #connected(connection: GrpcJsConnection): void {
    const isLast = this.#keeper.opened(connection.index);
    this.#keeper.worked(connection.index);
    this.#ready.push(connection);
    this.#sendAgain(connection.index);
    while (this.#waiting.length > 0) this.#send(connection, this.#waiting.shift());
    if (isLast) this.#keeper.ready(); // each has had a round trip of its own, the settings
  }

  #sendAgain(index: number): void {
    const connection = this.#ready.find((ready) => ready.index === index);
    while (connection !== undefined && this.#retries.areDue(index)) this.#send(connection, this.#retries.next(index));
  }

  #lost(connection: GrpcJsConnection, reason: string, cause: Error | null): void {
    const at = this.#ready.indexOf(connection);
    if (at !== -1) this.#ready.splice(at, 1);
    this.#keeper.lost(connection.index, reason, cause);
  }

  start(slot: number): void {
    this.#retries.begin(slot, this.#context.calls[slot]?.attempt);
    if (++this.#turn >= this.#ready.length) this.#turn = 0;
    const connection = this.#ready[this.#turn];
    if (connection === undefined) this.#waiting.push(slot);
    else this.#send(connection, slot);
  }

  #send(connection: GrpcJsConnection, slot: number): void {
    const { calls, payloads } = this.#context;
    const call = calls[slot];
    const writer = call && this.#writers[call.operation];
    if (call === undefined || writer === undefined) return;
    const payload = payloads[call.operation]?.[call.payload];
    let message: Buffer;
    try {
      writer.prepare(call, payload);
      message = Buffer.allocUnsafe(writer.messageBytes);
    } catch {
      this.#failSoon(slot);
      return;
    }
    writer.writeMessage(message, 0);
    this.#retries.sent(slot);
    const metadata = metadataOf(writer, call, payload);
    if (writer.isUnary) this.#call(connection, slot, writer, message, metadata);
    else this.#stream(connection, slot, writer, message, metadata);
  }

  #call(connection: GrpcJsConnection, slot: number, writer: CallWriter, message: Buffer, metadata: Metadata): void {
    const ended = (error: ServiceError | null) => {
      if (this.#callOf[slot] !== sent) return; // given up
      this.#callOf[slot] = null;
      if (error === null) {
        this.#messages?.received(writer.operation, 1);
        this.#report(slot, succeeded);
      } else this.#refused(slot, error, connection.index);
    };
    this.#messages?.sent(writer.operation, 1);
    // The prefix is for the library to write.
    const sent = connection.call(writer.path, message.subarray(prefixBytes), metadata, ended, writer.timeoutMs);
    this.#callOf[slot] = sent;
  }

  #stream(connection: GrpcJsConnection, slot: number, writer: CallWriter, written: Buffer, metadata: Metadata): void {
    const { operation, answers, timeoutMs } = writer;
    const messages = withoutPrefixes(written);
    let received = 0;
    const end = (conclusion: Conclusion | ServiceError) => {
      if (this.#callOf[slot] !== sent) return; // given up
      this.#callOf[slot] = null;
      if ('outcome' in conclusion) this.#report(slot, conclusion);
      else this.#refused(slot, conclusion, connection.index);
    };
    this.#messages?.sent(operation, messages.length);
    const listener = {
      message: () => {
        if (this.#callOf[slot] !== sent) return;
        received++;
        this.#messages?.received(operation, 1);
        if (answers !== 'first' && (answers !== 'one' || received === 1)) return;
        end(answers === 'first' ? succeeded : malformedAnswer);
        sent.cancel();
      },
      ended: (error: ServiceError | null) => {
        if (error !== null) end(error);
        else if (answers === 'first') end(endedEmpty);
        else end(answers === 'one' && received !== 1 ? malformedAnswer : succeeded);
      },
    };
    const sent = connection.stream(writer.path, messages, metadata, listener, timeoutMs);
    this.#callOf[slot] = sent;
  }

  #refused(slot: number, error: ServiceError, index: number): void {
    const conclusion = conclusionOfGrpcJs(error);
    if (this.#retries.takes(slot, conclusion, index)) {
      // Not at once: the library takes a moment to see that a connection is of no more use.
      setImmediate(() => this.#sendAgain(index));
      return;
    }
    if (wasNeverSent(error)) this.#context.sink.unsent(slot);
    const [details] = conclusion.retryable ? (error.metadata?.get(statusDetails) ?? []) : [];
    const retryAfterMs = Buffer.isBuffer(details) ? retryInfoMs(details) : 0;
    if (retryAfterMs > 0) this.#context.sink.retryAfter(slot, retryAfterMs);
    const told = () => detailOf(`grpc-status: ${error.code}`, Buffer.from(error.details ?? ''));
    this.#report(slot, conclusion, told);
  }

  /** A template in a field that is no text may give what the field cannot hold. */
  #failSoon(slot: number): void {
    this.#unencodable.add(slot);
    queueMicrotask(() => {
      if (this.#unencodable.delete(slot)) this.#report(slot, unencodableRequest);
    });
  }

  #report(slot: number, { outcome, reason, retryable }: Conclusion, tell?: () => FailureDetail): void {
    this.#context.sink.completed(slot, outcome, reason, retryable, tell);
  }

  abort(slot: number): void {
    if (this.#waiting.remove(slot) || this.#unencodable.delete(slot) || this.#retries.remove(slot)) return;
    const call = this.#callOf[slot] ?? null;
    this.#callOf[slot] = null;
    call?.cancel();
  }

  completion(operation: number): Completion {
    return completionOf(this.#context.target, this.#context.operations[operation]?.pattern);
  }

  messages(): readonly MessageCounts[] | null {
    return this.#messages?.counts() ?? null;
  }

  reconnects(): number {
    return this.#keeper.reconnects;
  }

  close(): Promise<void> {
    this.#ready.length = 0;
    for (let slot = 0; slot < this.#callOf.length; slot++) this.abort(slot);
    return this.#keeper.close();
  }
}

/** Of messages as our writer makes them, none packed. */
function withoutPrefixes(written: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < written.length; ) {
    const end = at + prefixBytes + written.readUInt32BE(at + 1);
    messages.push(written.subarray(at + prefixBytes, end));
    at = end;
  }
  return messages;
}

function metadataOf({ metadata }: CallWriter, call: Call, payload: Buffer | undefined): Metadata {
  const sent = new Metadata();
  for (const [name, template] of metadata) {
    const text = template.text(call, payload);
    sent.set(name, name.endsWith('-bin') ? Buffer.from(text, 'base64') : text);
  }
  return sent;
}
