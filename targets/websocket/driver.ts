/** WebSocket over framing of our own: connections in turn, many messages under way on each, answers matched by id. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { Completion } from '../../result/result-types.ts';
import type { WebSocketTarget } from '../../scenarios/scenario.ts';
import {
  connectionShare,
  connectTimeoutMs,
  createReadBuffer,
  type Endpoint,
  endpointOf,
  nextReconnectMs,
} from '../client-socket.ts';
import { type Driver, type DriverContext, outcomes, type Session } from '../driver.ts';
import { WaitingSlots } from '../waiting-slots.ts';
import { MessageSpec } from './message-spec.ts';
import { FrameMemoryPool, WebSocketConnection, type WebSocketOwner } from './web-socket-connection.ts';

export const websocketDriver: Driver = {
  protocol: 'websocket',
  async open(context, signal) {
    signal.throwIfAborted();
    const session = new WebSocketSession(context);
    try {
      await session.open(signal);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  },
};

/** Codes that say "later", as texts: our own, gRPC's word for it, and HTTP's numbers. */
const retryableCodes: readonly string[] = ['unavailable', 'UNAVAILABLE', '429', '502', '503', '504'];

class WebSocketSession implements Session, WebSocketOwner {
  readonly #context: DriverContext;
  readonly #endpoint: Endpoint;
  readonly #specs: readonly MessageSpec[];
  /** Of all operations, each pointer once. */
  readonly #replyIds: readonly MessageSpec[];
  readonly #readBuffer = createReadBuffer();
  readonly #pool = new FrameMemoryPool();
  readonly #connections: WebSocketConnection[] = [];
  /** Open and with room; used in turn. */
  readonly #ready: WebSocketConnection[] = [];
  #turn = 0;
  readonly #waiting: WaitingSlots;
  /**
   * Id in the answer → slot. A retry has the id of the attempt before it, so that one's late answer completes it: it is
   * the answer to this very request.
   */
  readonly #slotOf = new Map<string, number>();
  readonly #connectionOf: (WebSocketConnection | null)[];
  readonly #placeOf: Float64Array;
  /** By connection: the wait before its last try to connect. A message sets it back. */
  readonly #waitedMs: number[] = [];
  readonly #isLost: boolean[] = [];
  readonly #timers: (NodeJS.Timeout | undefined)[] = [];
  #opening: { readonly resolve: () => void; readonly reject: (error: BenchError) => void } | null = null;
  #unopened: number;
  #reconnects = 0;
  #closed = false;

  /** Throws a BenchError (exit 2) for a message whose answer could not be told from others. */
  constructor(context: DriverContext) {
    const { target, address, operations, payloads, calls, worker, workers } = context;
    this.#context = context;
    this.#endpoint = endpointOf(address, target.address);
    this.#specs = operations.map((operation, index) => new MessageSpec(operation, payloads[index] ?? []));
    const byPointer = new Map(this.#specs.map((spec) => [spec.request.replyId, spec]));
    byPointer.delete(undefined);
    this.#replyIds = [...byPointer.values()];
    this.#waiting = new WaitingSlots(calls.length);
    this.#connectionOf = calls.map(() => null);
    this.#placeOf = new Float64Array(calls.length);
    this.#unopened = connectionShare((target as WebSocketTarget).connections, worker, workers);
  }

  async open(signal: AbortSignal): Promise<void> {
    const opened = Promise.withResolvers<void>();
    this.#opening = opened;
    const onAbort = () => opened.reject(this.#cannotConnect('it was interrupted', signal.reason));
    const timer = setTimeout(() => opened.reject(this.#cannotConnect('it does not answer')), 2 * connectTimeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    const count = this.#unopened;
    for (let index = 0; index < count; index++) this.#connect(index);
    try {
      await opened.promise;
    } finally {
      this.#opening = null;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #cannotConnect(why: string, cause?: unknown): BenchError {
    return new BenchError('cannotConnect', `The WebSocket service at ${this.#context.address} cannot be used: ${why}`, {
      hint: 'Check the address and its path, and that the service is running. For a certificate of your own set NODE_EXTRA_CA_CERTS.',
      exitCode: exitCodes.stack,
      cause,
    });
  }

  #connect(index: number): void {
    this.#connections[index] = new WebSocketConnection(index, this.#endpoint, this.#readBuffer, this.#pool, this);
  }

  opened(connection: WebSocketConnection): void {
    if (this.#isLost[connection.index]) {
      this.#isLost[connection.index] = false;
      this.#reconnects++;
    }
    this.drained(connection);
    if (this.#opening !== null && --this.#unopened === 0) this.#opening.resolve();
  }

  drained(connection: WebSocketConnection): void {
    if (!this.#ready.includes(connection)) this.#ready.push(connection);
    while (this.#ready.length > 0) {
      const slot = this.#waiting.shift();
      if (slot === -1) return;
      this.#send(this.#next(), slot);
    }
  }

  congested(connection: WebSocketConnection): void {
    const at = this.#ready.indexOf(connection);
    if (at !== -1) this.#ready.splice(at, 1);
  }

  #next(): WebSocketConnection {
    if (++this.#turn >= this.#ready.length) this.#turn = 0;
    return this.#ready[this.#turn] as WebSocketConnection;
  }

  start(slot: number): void {
    if (this.#ready.length === 0) this.#waiting.push(slot);
    else this.#send(this.#next(), slot);
  }

  #send(connection: WebSocketConnection, slot: number): void {
    const { calls, payloads, sink } = this.#context;
    const call = calls[slot];
    const spec = call && this.#specs[call.operation];
    if (call === undefined || spec === undefined) return;
    this.#connectionOf[slot] = connection;
    if (spec.replyId === null) this.#placeOf[slot] = connection.inOrder.push(slot);
    else this.#slotOf.set(spec.idOf(call), slot);
    sink.sent(slot);
    connection.sendText(spec.message, call, payloads[call.operation]?.[call.payload]);
  }

  message(connection: WebSocketConnection, bytes: Buffer, start: number, end: number): void {
    this.#waitedMs[connection.index] = 0;
    let slot = -1;
    for (const { replyId } of this.#replyIds) {
      const id = replyId?.textIn(bytes, start, end) ?? null;
      slot = id === null ? -1 : (this.#slotOf.get(id) ?? -1);
      if (slot !== -1) break;
    }
    if (slot === -1) slot = connection.inOrder.shift();
    if (slot < 0) return; // unasked for, or the answer to an attempt that was given up
    const call = this.#context.calls[slot];
    const spec = call && this.#specs[call.operation];
    if (spec === undefined) return;
    const refusal = spec.refusalIn(bytes, start, end);
    this.#forget(slot);
    if (refusal === null) this.#context.sink.completed(slot, outcomes.ok, '', false);
    else {
      const reason = refusal === '' ? 'reply without a code' : `reply ${refusal}`;
      this.#context.sink.completed(slot, outcomes.rejected, reason, retryableCodes.includes(refusal));
    }
  }

  #forget(slot: number): void {
    const call = this.#context.calls[slot];
    const spec = call && this.#specs[call.operation];
    this.#connectionOf[slot] = null;
    if (call !== undefined && spec !== undefined && spec.replyId !== null) this.#slotOf.delete(spec.idOf(call));
  }

  broke(connection: WebSocketConnection, reason: string, cause: Error | null): void {
    if (this.#opening !== null) return this.#opening.reject(this.#cannotConnect(cause?.message ?? reason, cause));
    this.congested(connection);
    this.#isLost[connection.index] = true;
    this.#reconnect(connection.index);
    for (let slot = 0; slot < this.#connectionOf.length; slot++) {
      if (this.#connectionOf[slot] !== connection) continue;
      this.#forget(slot);
      this.#context.sink.completed(slot, outcomes.failed, reason, true);
    }
  }

  /** At once after a connection that worked, then with growing waits until one works again. */
  #reconnect(index: number): void {
    if (this.#closed) return;
    const waitMs = this.#waitedMs[index] ?? 0;
    this.#waitedMs[index] = nextReconnectMs(waitMs);
    this.#timers[index] = setTimeout(() => this.#connect(index), waitMs);
  }

  abort(slot: number): void {
    if (this.#waiting.remove(slot)) return;
    const connection = this.#connectionOf[slot] ?? null;
    if (connection === null) return;
    const call = this.#context.calls[slot];
    const spec = call && this.#specs[call.operation];
    if (spec?.replyId === null) connection.inOrder.giveUp(this.#placeOf[slot] as number);
    this.#forget(slot);
  }

  completion(operation: number): Completion {
    return this.#context.operations[operation]?.pattern === 'one-way' ? 'acknowledged' : 'replied';
  }

  reconnects(): number {
    return this.#reconnects;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#connections.map((connection) => connection.end()));
  }
}
