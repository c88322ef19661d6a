/**
 * gRPC with streams that stay: one call in both directions on each connection, every operation a message on it, answers
 * told apart by a number. A message that nobody waits for any more cannot be taken back; its answer is passed over.
 */
import type { BodyBytes, Completion } from '../../result/result-types.ts';
import type { ProtoTypes } from '../../scenarios/grpc/proto-types.ts';
import { findMethod } from '../../scenarios/grpc/rpc-method.ts';
import { typesOfTarget } from '../../scenarios/grpc/target-types.ts';
import type { GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import { isAccepted } from '../domain/order-message.ts';
import { type DriverContext, outcomes, type Session } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { createReadBuffer, type Endpoint } from '../driver-kit/client-socket.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { ConnectionKeeper, connectionShare } from '../driver-kit/connection-keeper.ts';
import type { Conclusion } from '../driver-kit/http2/conclusion.ts';
import { Http2Connection } from '../driver-kit/http2/http2-connection.ts';
import type { ConnectionOwner, Http2Stream } from '../driver-kit/http2/http2-stream.ts';
import { TransparentRetries } from '../driver-kit/http2/transparent-retries.ts';
import { peerName } from '../driver-kit/peer-name.ts';
import { WaitingSlots } from '../driver-kit/waiting-slots.ts';
import { CallWriter } from './call-writer.ts';
import { unencodableRequest } from './grpc-answer.ts';
import { messageWriter } from './message-writer.ts';
import { NumberedMessage, readReply } from './numbered-message.ts';
import { StreamedMessages } from './streamed-messages.ts';
import { publishedCode } from './watch-words.ts';

/** The call that stays, on its connection; those in flight on it are lost with it. */
class Conversation implements Http2Stream {
  readonly connection: Http2Connection<Conversation>;
  readonly answer: StreamedMessages;
  readonly inFlight = new Set<number>();
  id = 0;
  sendWindow = 0;
  unsent: Buffer | null = null;
  unsentFrom = 0;
  readonly following: Buffer[] = [];
  isComplete = false;

  constructor(connection: Http2Connection<Conversation>, answer: StreamedMessages) {
    this.connection = connection;
    this.answer = answer;
  }
}

interface Writer {
  readonly writer: CallWriter;
  readonly message: NumberedMessage;
}

export class GrpcStreamSession implements Session, ConnectionOwner<Conversation, Http2Connection<Conversation>> {
  readonly #context: DriverContext;
  readonly #codec: BodyCodec | null;
  /** By operation; all have the same headers. */
  readonly #writers: readonly Writer[];
  readonly #readBuffer = createReadBuffer();
  /** By index; each is replaced when it is lost or retired. */
  readonly #connections: Http2Connection<Conversation>[] = [];
  readonly #conversations: (Conversation | null)[] = [];
  /** Those whose conversations are still to end. */
  readonly #retired = new Set<Http2Connection<Conversation>>();
  readonly #waiting: WaitingSlots;
  readonly #retries: TransparentRetries;
  readonly #unencodable = new Set<number>();
  readonly #conversationOf: (Conversation | null)[];
  /** By slot; grows with every attempt, so that a late answer fits none. */
  readonly #attempts: Uint32Array;
  readonly #keeper: ConnectionKeeper;
  #turn = 0;
  /** Messages that the service sent by itself. */
  #events = 0;

  constructor(context: DriverContext, endpoint: Endpoint, codec: BodyCodec | null) {
    const { target, calls, sink, worker, workers } = context;
    this.#context = context;
    this.#codec = codec;
    this.#writers = writersOf(context, endpoint, codec);
    this.#waiting = new WaitingSlots(calls.length);
    this.#retries = new TransparentRetries(calls.length, sink);
    this.#conversationOf = calls.map(() => null);
    this.#attempts = new Uint32Array(calls.length);
    const fields = this.#writers.slice(0, 1).map(({ writer }) => writer.constantFields);
    this.#keeper = new ConnectionKeeper({
      reconnect: context.reconnect,
      target: context.target,
      count: connectionShare((target as GrpcTarget).connections, worker, workers),
      peer: `The gRPC service at ${peerName(context)}`,
      connect: (index) => {
        const connection = new Http2Connection<Conversation>({
          ...{ index, endpoint, readBuffer: this.#readBuffer, owner: this, fields },
        });
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
    const conversation = this.#waiting.length === 0 ? this.#nextConversation() : null;
    if (conversation === null) this.#waiting.push(slot);
    else this.#send(conversation, slot);
  }

  /** In turn; one that ended is opened again when it is wanted. */
  #nextConversation(): Conversation | null {
    const { length } = this.#connections;
    for (let tries = 0; tries < length; tries++) {
      this.#turn = this.#turn + 1 < length ? this.#turn + 1 : 0;
      const conversation = this.#conversations[this.#turn] ?? this.#converse(this.#connections[this.#turn]);
      if (conversation !== null) return conversation;
    }
    return null;
  }

  #converse(connection: Http2Connection<Conversation> | undefined): Conversation | null {
    const [first] = this.#writers;
    if (first === undefined || connection === undefined || !connection.canOpenStream) return null;
    const conversation = new Conversation(
      connection,
      new StreamedMessages(this.#codec, (message) => this.#answered(conversation, message)),
    );
    this.#conversations[connection.index] = conversation;
    connection.open(conversation, first.writer);
    return conversation;
  }

  #send(conversation: Conversation, slot: number): void {
    const { calls, payloads } = this.#context;
    const call = calls[slot];
    const written = call && this.#writers[call.operation];
    if (call === undefined || written === undefined) return;
    const attempt = (this.#attempts[slot] as number) + 1;
    this.#attempts[slot] = attempt;
    written.message.number = this.#numberOf(slot);
    try {
      written.writer.prepare(call, payloads[call.operation]?.[call.payload]);
    } catch {
      this.#failSoon(slot);
      return;
    }
    this.#retries.sent(slot);
    conversation.inFlight.add(slot);
    this.#conversationOf[slot] = conversation;
    conversation.connection.write(conversation, written.writer);
  }

  #numberOf(slot: number): number {
    return (this.#attempts[slot] as number) * this.#attempts.length + slot;
  }

  #answered(conversation: Conversation, message: Uint8Array): boolean {
    const reply = readReply(message);
    if (reply === null) return false;
    const { number, code, retryAfterMs } = reply;
    if (code === publishedCode) {
      this.#events++; // its number is a position
      return true;
    }
    const slot = number % this.#attempts.length;
    if (this.#conversationOf[slot] !== conversation || this.#numberOf(slot) !== number) return true; // given up
    this.#forget(slot, conversation);
    this.#keeper.worked(conversation.connection.index);
    const { sink } = this.#context;
    if (isAccepted(code)) sink.completed(slot, outcomes.ok, '', false);
    else {
      const isRetryable = code === 'unavailable';
      if (isRetryable && retryAfterMs > 0) sink.retryAfter(slot, retryAfterMs);
      sink.completed(slot, outcomes.rejected, `reply ${code}`, isRetryable);
    }
    return true;
  }

  #forget(slot: number, conversation: Conversation): void {
    conversation.inFlight.delete(slot);
    this.#conversationOf[slot] = null;
  }

  /** A template in a field that is no text may give what the field cannot hold. */
  #failSoon(slot: number): void {
    const { outcome, reason, retryable } = unencodableRequest;
    this.#unencodable.add(slot);
    queueMicrotask(() => {
      if (this.#unencodable.delete(slot)) this.#context.sink.completed(slot, outcome, reason, retryable);
    });
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const conversation = this.#nextConversation();
      if (conversation === null) return;
      this.#send(conversation, this.#waiting.shift());
    }
  }

  /** Those whose place this is come before the others that wait. */
  #sendAgain(index: number): void {
    while (this.#retries.areDue(index)) {
      const conversation = this.#conversations[index] ?? this.#converse(this.#connections[index]);
      if (conversation === null) return;
      this.#send(conversation, this.#retries.next(index));
    }
  }

  ready(connection: Http2Connection<Conversation>): void {
    const isLast = this.#keeper.opened(connection.index);
    this.#keeper.worked(connection.index);
    this.#sendAgain(connection.index);
    this.#serve();
    if (isLast) this.#keeper.ready(); // each has had a round trip of its own, the settings
  }

  widened(connection: Http2Connection<Conversation>): void {
    this.#sendAgain(connection.index);
    this.#serve();
  }

  ended(conversation: Conversation, connection: Http2Connection<Conversation>, conclusion: Conclusion): void {
    const { index } = connection;
    if (this.#conversations[index] === conversation) this.#conversations[index] = null;
    const lost = [...conversation.inFlight];
    for (const slot of lost) this.#forget(slot, conversation);
    const { outcome, reason, retryable } = conclusion;
    for (const slot of lost) {
      if (this.#retries.takes(slot, conclusion, index)) continue;
      this.#context.sink.completed(slot, outcome, reason, retryable);
    }
    this.#sendAgain(index);
  }

  /** What is in flight may still be answered. */
  retired(connection: Http2Connection<Conversation>): void {
    const { index } = connection;
    const conversation = this.#conversations[index];
    this.#conversations[index] = null;
    this.#retired.add(connection);
    if (conversation?.connection === connection) connection.end(conversation);
    this.#keeper.replace(index); // announced by the peer: not lost
  }

  broke(connection: Http2Connection<Conversation>, reason: string, cause: Error | null): void {
    this.#keeper.lost(connection.index, reason, cause);
  }

  finished(connection: Http2Connection<Conversation>): void {
    this.#retired.delete(connection);
  }

  abort(slot: number): void {
    if (this.#waiting.remove(slot) || this.#unencodable.delete(slot) || this.#retries.remove(slot)) return;
    const conversation = this.#conversationOf[slot];
    if (conversation != null) this.#forget(slot, conversation);
  }

  completion(operation: number): Completion {
    return completionOf(this.#context.target, this.#context.operations[operation]?.pattern);
  }

  bodyBytes(): BodyBytes | null {
    return this.#codec?.bodies() ?? null;
  }

  ignoredMessages(): number | null {
    return this.#context.target.push?.duplex ? this.#events : null;
  }

  reconnects(): number {
    return this.#keeper.reconnects;
  }

  async close(): Promise<void> {
    await Promise.all([this.#keeper.close(), ...[...this.#retired].map((connection) => connection.close())]);
  }
}

/** Throws a BenchError (exit 2) for requests that are none of this call. */
function writersOf({ target, operations }: DriverContext, endpoint: Endpoint, codec: BodyCodec | null): Writer[] {
  const types = typesOfTarget(target as GrpcTarget) as ProtoTypes; // the preset's
  return operations.map(({ request }) => {
    const { method: name, message: fields, metadata } = request as GrpcRequest;
    const method = findMethod(types, name);
    const message = new NumberedMessage(messageWriter(types, method.requestType, fields));
    const empty: GrpcRequest = { method: name, message: {}, metadata };
    return { writer: new CallWriter(0, empty, method, endpoint, codec, [message]), message };
  });
}
