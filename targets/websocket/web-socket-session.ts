/** WebSocket sessions, whichever client is beneath: connections in turn, many messages under way on each, answers matched by id. */
import type { BodyCounter } from '../../result/body-bytes.ts';
import type { BatchCounts, BodyBytes, Completion } from '../../result/result-types.ts';
import type { Batch, WebSocketTarget } from '../../scenarios/scenario.ts';
import { type Call, type DriverContext, outcomes, type Session } from '../driver.ts';
import { isAccessRefusal } from '../driver-kit/access-refusal.ts';
import { BatchGatherer } from '../driver-kit/batch-gatherer.ts';
import type { BatchItem } from '../driver-kit/batched-session.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { ConnectionKeeper, connectionShare } from '../driver-kit/connection-keeper.ts';
import { detailOf } from '../driver-kit/failure-detail.ts';
import { joinItems } from '../driver-kit/json-batch.ts';
import { peerName } from '../driver-kit/peer-name.ts';
import { WaitingSlots } from '../driver-kit/waiting-slots.ts';
import { forEachElement } from './json-value.ts';
import type { MessageConnection, WebSocketOwner } from './message-connection.ts';
import { MessageSpec } from './message-spec.ts';
import { Match, Openings } from './openings.ts';

const openBracket = 0x5b;
/** Codes that say "later", as texts: our own, gRPC's word for it, and HTTP's numbers. */
const retryableCodes: readonly string[] = ['unavailable', 'UNAVAILABLE', '429', '502', '503', '504'];

export class WebSocketSession<Connection extends MessageConnection> implements Session, WebSocketOwner<Connection> {
  readonly #context: DriverContext;
  readonly #counter: BodyCounter | null;
  readonly #specs: readonly MessageSpec[];
  /** Of all operations, each pointer once. */
  readonly #replyIds: readonly MessageSpec[];
  /** Open and with room; used in turn. */
  readonly #ready: Connection[] = [];
  #turn = 0;
  readonly #waiting: WaitingSlots;
  /**
   * Id in the answer → slot. A retry has the id of the attempt before it, so that one's late answer completes it: it is
   * the answer to this very request.
   */
  readonly #slotOf = new Map<string, number>();
  readonly #connectionOf: (Connection | null)[];
  readonly #placeOf: Float64Array;
  /** null: each message leaves as it comes. */
  readonly #batching: { readonly limits: Batch; readonly gatherer: BatchGatherer } | null;
  readonly #batchCounts = { messages: 0, requests: 0 };
  readonly #keeper: ConnectionKeeper;
  readonly #openings: Openings<Connection>;
  /** How the last handshake ended, where the peer does not let us in; '' while it does. */
  #shutOut = '';
  readonly #ignore: readonly Match[];
  #ignored = 0;

  /** `counter`: of what is packed. Throws a BenchError (exit 2) for a message whose answer could not be told from others. */
  constructor(
    context: DriverContext,
    counter: BodyCounter | null,
    connect: (index: number, owner: WebSocketOwner<Connection>) => Connection,
  ) {
    const { target, operations, payloads, calls, worker, workers } = context;
    this.#context = context;
    this.#counter = counter;
    this.#specs = operations.map((operation, index) => new MessageSpec(operation, payloads[index] ?? []));
    const byPointer = new Map(this.#specs.map((spec) => [spec.request.replyId, spec]));
    byPointer.delete(undefined);
    this.#replyIds = [...byPointer.values()];
    this.#waiting = new WaitingSlots(calls.length);
    this.#connectionOf = calls.map(() => null);
    this.#placeOf = new Float64Array(calls.length);
    const { batch: limits } = target as WebSocketTarget;
    this.#batching =
      limits === undefined ? null : { limits, gatherer: new BatchGatherer(limits, (slots) => this.#takeBatch(slots)) };
    const { onOpen = [], ignore = [] } = target as WebSocketTarget;
    this.#ignore = ignore.map((one) => new Match(one));
    this.#openings = new Openings(onOpen, {
      done: (connection) => this.#mayBeUsed(connection),
      failed: (connection, why) => {
        void connection.close();
        this.broke(connection, why, null);
      },
    });
    this.#keeper = new ConnectionKeeper({
      reconnect: context.reconnect,
      target: context.target,
      count: connectionShare((target as WebSocketTarget).connections, worker, workers),
      peer: `The WebSocket service at ${peerName(context)}`,
      connect: (index) => connect(index, this),
    });
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#keeper.open(signal);
  }

  opened(connection: Connection): void {
    this.#openings.begin(connection);
  }

  #mayBeUsed(connection: Connection): void {
    this.#shutOut = '';
    const isLast = this.#keeper.opened(connection.index);
    this.drained(connection);
    if (isLast) this.#keeper.ready(); // each has had a round trip of its own, the handshake
  }

  drained(connection: Connection): void {
    if (!this.#ready.includes(connection)) this.#ready.push(connection);
    while (this.#waiting.length > 0) {
      const next = this.#next();
      if (next === null) return;
      if (this.#batching === null) this.#send(next, this.#waiting.shift());
      else this.#sendBatch(next, this.#waitingBatch(this.#batching.limits));
    }
  }

  congested(connection: Connection): void {
    const at = this.#ready.indexOf(connection);
    if (at !== -1) this.#ready.splice(at, 1);
  }

  /** null: none takes anything now. */
  #next(): Connection | null {
    while (this.#ready.length > 0) {
      if (++this.#turn >= this.#ready.length) this.#turn = 0;
      const connection = this.#ready[this.#turn] as Connection;
      if (connection.canSend) return connection;
      this.congested(connection); // closing: it will be told as lost
    }
    return null;
  }

  start(slot: number): void {
    if (this.#batching !== null) {
      this.#batching.gatherer.push(slot, this.#messageBytes(slot));
      return;
    }
    const next = this.#next();
    if (next !== null) this.#send(next, slot);
    else this.#wait(slot);
  }

  #wait(slot: number): void {
    this.#waiting.push(slot);
    if (this.#shutOut !== '') queueMicrotask(() => this.#rejectWaiting());
  }

  /** Those who wait while nobody is let in: with the same credentials the next handshake would end as the last. */
  #rejectWaiting(): void {
    if (this.#shutOut === '' || this.#ready.length > 0) return;
    while (this.#waiting.length > 0) {
      this.#context.sink.completed(this.#waiting.shift(), outcomes.rejected, this.#shutOut, false);
    }
  }

  #messageBytes(slot: number): number {
    const { calls, payloads } = this.#context;
    const call = calls[slot] as Call;
    return this.#specs[call.operation]?.message.byteLength(call, payloads[call.operation]?.[call.payload]) ?? 0;
  }

  #takeBatch(slots: readonly number[]): void {
    const next = this.#next();
    if (next !== null) this.#sendBatch(next, slots);
    else for (const slot of slots) this.#wait(slot);
  }

  /** As many of those that wait as one batch may hold. */
  #waitingBatch({ maxMessages, maxBytes }: Batch): number[] {
    const slots: number[] = [];
    for (let bytes = 0; this.#waiting.length > 0 && slots.length < maxMessages; ) {
      bytes += this.#messageBytes(this.#waiting.first);
      if (slots.length > 0 && bytes > maxBytes) break;
      slots.push(this.#waiting.shift());
    }
    return slots;
  }

  /** Several messages as one array; the answers may come together or apart. */
  #sendBatch(connection: Connection, slots: readonly number[]): void {
    const { calls, payloads, sink } = this.#context;
    const items: BatchItem[] = [];
    let bytes = 0;
    for (const slot of slots) {
      const call = calls[slot] as Call;
      const payload = payloads[call.operation]?.[call.payload];
      const spec = this.#specs[call.operation] as MessageSpec;
      bytes += spec.message.byteLength(call, payload);
      items.push({ call, payload });
      this.#connectionOf[slot] = connection;
      this.#slotOf.set(spec.idOf(call), slot);
    }
    const itemOf = ({ operation }: Call) => (this.#specs[operation] as MessageSpec).message;
    this.#batchCounts.messages += slots.length;
    this.#batchCounts.requests++;
    const text = joinItems(items, bytes, itemOf);
    for (const slot of slots) sink.sent(slot);
    connection.sendWritten(text);
  }

  #send(connection: Connection, slot: number): void {
    const { calls, payloads, sink } = this.#context;
    const call = calls[slot];
    const spec = call && this.#specs[call.operation];
    if (call === undefined || spec === undefined) return;
    this.#connectionOf[slot] = connection;
    if (spec.replyId === null) this.#placeOf[slot] = connection.inOrder.push(slot);
    else this.#slotOf.set(spec.idOf(call), slot);
    sink.sent(slot);
    connection.send(spec.message, spec.isBinary, call, payloads[call.operation]?.[call.payload]);
  }

  message(connection: Connection, bytes: Buffer, start: number, end: number): void {
    this.#keeper.worked(connection.index);
    if (this.#openings.takes(connection, bytes, start, end)) return;
    if (this.#batching === null || bytes[start] !== openBracket) this.#answer(connection, bytes, start, end);
    else forEachElement(bytes, start, end, (from, to) => this.#answer(connection, bytes, from, to));
  }

  #answer(connection: Connection, bytes: Buffer, start: number, end: number): void {
    let slot = -1;
    for (const { replyId } of this.#replyIds) {
      const id = replyId?.textIn(bytes, start, end) ?? null;
      slot = id === null ? -1 : (this.#slotOf.get(id) ?? -1);
      if (slot !== -1) break;
    }
    if (slot === -1) {
      if (this.#ignore.some((match) => match.fits(bytes, start, end))) {
        this.#ignored++;
        return;
      }
      slot = connection.inOrder.shift();
    }
    if (slot < 0) return; // unasked for, or the answer to an attempt that was given up
    const call = this.#context.calls[slot];
    const spec = call && this.#specs[call.operation];
    if (spec === undefined) return;
    const refusal = spec.refusalIn(bytes, start, end);
    const notice = spec.noticeIn(bytes, start, end);
    this.#forget(slot);
    if (notice !== null) this.#context.sink.deprecated?.(slot, notice.since, notice.sunset);
    const tell = () => detailOf('', bytes.subarray(start, end));
    if (refusal === null) {
      this.#context.sink.completed(slot, outcomes.ok, '', false, this.#context.tellsAll ? tell : undefined);
    } else {
      const reason = refusal === '' ? 'reply without a code' : `reply ${refusal}`;
      this.#context.sink.completed(slot, outcomes.rejected, reason, retryableCodes.includes(refusal), tell);
    }
  }

  #forget(slot: number): void {
    const call = this.#context.calls[slot];
    const spec = call && this.#specs[call.operation];
    this.#connectionOf[slot] = null;
    if (call !== undefined && spec !== undefined && spec.replyId !== null) this.#slotOf.delete(spec.idOf(call));
  }

  broke(connection: Connection, reason: string, cause: Error | null): void {
    this.#openings.forget(connection);
    this.congested(connection);
    this.#keeper.lost(connection.index, reason, cause);
    for (let slot = 0; slot < this.#connectionOf.length; slot++) {
      if (this.#connectionOf[slot] !== connection) continue;
      this.#forget(slot);
      this.#context.sink.completed(slot, outcomes.failed, reason, true);
    }
    if (!isAccessRefusal(reason)) return;
    this.#shutOut = reason;
    this.#rejectWaiting();
  }

  abort(slot: number): void {
    if (this.#waiting.remove(slot) || this.#batching?.gatherer.remove(slot)) return;
    const connection = this.#connectionOf[slot] ?? null;
    if (connection === null) return;
    const call = this.#context.calls[slot];
    const spec = call && this.#specs[call.operation];
    if (spec?.replyId === null) connection.inOrder.giveUp(this.#placeOf[slot] as number);
    this.#forget(slot);
  }

  readonly readsDeprecation = true;

  completion(operation: number): Completion {
    return completionOf(this.#context.target, this.#context.operations[operation]?.pattern);
  }

  bodyBytes(): BodyBytes | null {
    return this.#counter?.total() ?? null;
  }

  batches(): BatchCounts | null {
    return this.#batching === null ? null : { ...this.#batchCounts };
  }

  ignoredMessages(): number | null {
    return this.#ignore.length === 0 ? null : this.#ignored;
  }

  reconnects(): number {
    return this.#keeper.reconnects;
  }

  close(): Promise<void> {
    this.#openings.close();
    this.#batching?.gatherer.close();
    return this.#keeper.close();
  }
}
