/** HTTP/1.1 over keep-alive connections of our own: prepared request bytes, one reused read buffer, no promise a request. */
import type { Completion } from '../../result/result-types.ts';
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { createReadBuffer, type Endpoint, endpointOf } from '../client-socket.ts';
import { ConnectionKeeper, connectionShare } from '../connection-keeper.ts';
import { type Driver, type DriverContext, outcomes, type Session } from '../driver.ts';
import { WaitingSlots } from '../waiting-slots.ts';
import { type ConnectionOwner, HttpConnection, noSlot } from './http-connection.ts';
import { RequestWriter } from './request-writer.ts';

export const restDriver: Driver = {
  protocol: 'rest',
  async open(context, signal) {
    signal.throwIfAborted();
    const session = new RestSession(context);
    try {
      await session.open(signal);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  },
};

const statuses = 1_000;
const probeSlot = -2;
const retryableStatuses: readonly number[] = [429, 502, 503, 504];

class RestSession implements Session, ConnectionOwner {
  readonly #context: DriverContext;
  readonly #endpoint: Endpoint;
  readonly #writers: readonly RequestWriter[];
  /** expected[operation][status] */
  readonly #expected: readonly Uint8Array[];
  readonly #readBuffer = createReadBuffer();
  /** Last used first: those beyond what the load needs stay out of the way. */
  readonly #idle: HttpConnection[] = [];
  readonly #waiting: WaitingSlots;
  readonly #connectionOf: (HttpConnection | null)[];
  readonly #keeper: ConnectionKeeper;

  /** Throws a BenchError (exit 2) for a request that cannot be sent. */
  constructor(context: DriverContext) {
    const { target, address, operations, payloads, calls, worker, workers } = context;
    this.#context = context;
    this.#endpoint = endpointOf(address, target.address);
    this.#writers = operations.map(
      ({ request }, index) => new RequestWriter(request as RestRequest, this.#endpoint, payloads[index] ?? []),
    );
    this.#expected = operations.map(({ request }) => {
      const expected = new Uint8Array(statuses);
      for (const status of (request as RestRequest).expect.status) expected[status] = 1;
      return expected;
    });
    this.#waiting = new WaitingSlots(calls.length);
    this.#connectionOf = calls.map(() => null);
    this.#keeper = new ConnectionKeeper({
      count: connectionShare((target as RestTarget).connections, worker, workers),
      peer: `The HTTP service at ${address}`,
      connect: (index) => new HttpConnection(index, this.#endpoint, this.#readBuffer, this),
    });
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#keeper.open(signal);
  }

  opened(connection: HttpConnection): void {
    if (this.#keeper.opened(connection.index)) this.#probe(connection);
    else this.#release(connection);
  }

  /** A proxy accepts connections whether or not there is a service behind it: only an answer, whatever it says, proves one. */
  #probe(connection: HttpConnection): void {
    const { path, query, authority } = this.#endpoint;
    const head = `HEAD ${path || '/'}${query} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`;
    connection.send(probeSlot, Buffer.from(head), true);
  }

  start(slot: number): void {
    const connection = this.#idle.pop();
    if (connection === undefined) this.#waiting.push(slot);
    else this.#send(connection, slot);
  }

  #send(connection: HttpConnection, slot: number): void {
    const { calls, payloads, sink } = this.#context;
    const call = calls[slot];
    const writer = call && this.#writers[call.operation];
    if (call === undefined || writer === undefined) return;
    const payload = payloads[call.operation]?.[call.payload];
    const bytes = writer.write(call, payload, connection.reusableBytes(call.operation));
    this.#connectionOf[slot] = connection;
    sink.sent(slot);
    connection.send(slot, bytes, writer.answersHead);
    connection.keepBytes(call.operation, bytes);
  }

  /** Those that wait come before what the completion of this answer may start. */
  #release(connection: HttpConnection): void {
    const next = this.#waiting.shift();
    if (next === noSlot) this.#idle.push(connection);
    else this.#send(connection, next);
  }

  answered(connection: HttpConnection, slot: number, status: number, reusable: boolean): void {
    this.#keeper.worked(connection.index);
    if (slot >= 0) this.#connectionOf[slot] = null;
    if (reusable) this.#release(connection);
    else this.#keeper.replace(connection.index); // the peer announced it: not lost
    if (slot === probeSlot) this.#keeper.ready();
    else this.#complete(slot, status);
  }

  #complete(slot: number, status: number): void {
    const operation = this.#context.calls[slot]?.operation ?? 0;
    if (this.#expected[operation]?.[status] === 1) this.#context.sink.completed(slot, outcomes.ok, '', false);
    else {
      const retryable = retryableStatuses.includes(status);
      this.#context.sink.completed(slot, outcomes.rejected, `status ${status}`, retryable);
    }
  }

  broke(connection: HttpConnection, slot: number, reason: string, cause: Error | null): void {
    const at = slot === noSlot ? this.#idle.indexOf(connection) : -1;
    if (at !== -1) this.#idle.splice(at, 1);
    this.#keeper.lost(connection.index, reason, cause);
    if (slot < 0) return;
    this.#connectionOf[slot] = null;
    this.#context.sink.completed(slot, outcomes.failed, reason, true);
  }

  abort(slot: number): void {
    if (this.#waiting.remove(slot)) return;
    const connection = this.#connectionOf[slot] ?? null;
    if (connection === null) return;
    this.#connectionOf[slot] = null;
    connection.drop();
    this.#keeper.replace(connection.index);
  }

  completion(operation: number): Completion {
    return this.#context.operations[operation]?.pattern === 'one-way' ? 'acknowledged' : 'replied';
  }

  reconnects(): number {
    return this.#keeper.reconnects;
  }

  close(): Promise<void> {
    this.#idle.length = 0;
    return this.#keeper.close();
  }
}
