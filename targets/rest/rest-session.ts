/** REST sessions, whichever client is beneath: which request goes to which connection, and what its answer means. */
import type { BodyBytes, Completion } from '../../result/result-types.ts';
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { type DriverContext, outcomes, type Session } from '../driver.ts';
import type { TakeBody } from '../driver-kit/batched-session.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { endpointOf } from '../driver-kit/client-socket.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { ConnectionKeeper, connectionShare } from '../driver-kit/connection-keeper.ts';
import { peerName } from '../driver-kit/peer-name.ts';
import { WaitingSlots } from '../driver-kit/waiting-slots.ts';
import { type Probe, probeOf } from './probe.ts';
import { noSlot, probeSlot, type RestConnection, type RestConnectionOwner } from './rest-connection.ts';

const statuses = 1_000;
const proxyVerdictMs = 250;
const headTimeoutMs = 1_000;
const retryableStatuses: readonly number[] = [429, 502, 503, 504];

export class RestSession<Connection extends RestConnection> implements Session, RestConnectionOwner<Connection> {
  readonly #context: DriverContext;
  readonly #codec: BodyCodec | null;
  readonly #takeBody: TakeBody | null;
  /** expected[operation][status] */
  readonly #expected: readonly Uint8Array[];
  /** Last used first: those beyond what the load needs stay out of the way. Over several servers in turn, so that each has its share. */
  readonly #idle: Connection[] = [];
  readonly #isSpread: boolean;
  readonly #waiting: WaitingSlots;
  readonly #connectionOf: (Connection | null)[];
  readonly #keeper: ConnectionKeeper;
  readonly #probe: Probe;
  /** While a HEAD of ours waits for its answer. */
  #headAskedOn: Connection | null = null;
  #headTimer: NodeJS.Timeout | undefined;
  /** Index of the connection on which the request itself is asked, once it is open. */
  #askedAgainOn: number | null = null;

  constructor(
    context: DriverContext,
    codec: BodyCodec | null,
    connect: (index: number, owner: RestConnectionOwner<Connection>) => Connection,
    takeBody: TakeBody | null = null,
  ) {
    const { target, operations, calls, worker, workers } = context;
    this.#context = context;
    this.#isSpread = context.address.includes(',');
    this.#codec = codec;
    this.#takeBody = takeBody;
    this.#expected = operations.map(({ request }) => {
      const expected = new Uint8Array(statuses);
      for (const status of (request as RestRequest).expect.status) expected[status] = 1;
      return expected;
    });
    this.#waiting = new WaitingSlots(calls.length);
    this.#connectionOf = calls.map(() => null);
    this.#probe = probeOf(context);
    this.#keeper = new ConnectionKeeper({
      reconnect: context.reconnect,
      count: connectionShare((target as RestTarget).connections, worker, workers),
      peer: `The HTTP service at ${peerName(context)}`,
      connect: (index) => connect(index, this),
    });
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#keeper.open(signal);
  }

  /** A proxy accepts connections whether or not there is a service behind it: only an answer, whatever it says, proves one. */
  opened(connection: Connection): void {
    const isLast = this.#keeper.opened(connection.index);
    if (isLast || connection.index === this.#askedAgainOn) this.#askFirst(connection);
    else this.freed(connection);
  }

  #askFirst(connection: Connection): void {
    const probe = this.#probe;
    switch (probe.kind) {
      case 'head':
        this.#keeper.asked('HEAD /');
        connection.sendHead('/');
        return;
      case 'request':
        if (probe.headPath !== null && this.#askedAgainOn === null) this.#askHead(connection, probe.headPath);
        else {
          this.#askedAgainOn = null;
          this.#keeper.asked(probe.text);
          connection.send(probeSlot, probe.call, probe.payload);
        }
        return;
      case 'connection':
        this.freed(connection);
        // A proxy that finds no service behind it closes what it has accepted.
        if (this.#context.proxied) setTimeout(() => this.#keeper.ready(), proxyVerdictMs);
        else this.#keeper.ready();
    }
  }

  #askHead(connection: Connection, path: string): void {
    const { address, target } = this.#context;
    const { path: base } = endpointOf(address, target.address);
    this.#headAskedOn = connection;
    this.#headTimer = setTimeout(() => {
      connection.drop();
      this.#askAgain(connection);
    }, headTimeoutMs);
    connection.sendHead(`${base}${path}`);
  }

  /** The head had no answer: the request itself may have one, on a connection of its own. */
  #askAgain({ index }: Connection): void {
    clearTimeout(this.#headTimer);
    this.#headAskedOn = null;
    this.#askedAgainOn = index;
    this.#keeper.replace(index);
  }

  start(slot: number): void {
    const connection = this.#isSpread ? this.#idle.shift() : this.#idle.pop();
    if (connection === undefined) this.#waiting.push(slot);
    else this.#send(connection, slot);
  }

  #send(connection: Connection, slot: number): void {
    const { calls, payloads } = this.#context;
    const call = calls[slot];
    if (call === undefined) return;
    this.#connectionOf[slot] = connection;
    connection.send(slot, call, payloads[call.operation]?.[call.payload]);
  }

  sent(slot: number): void {
    if (slot >= 0) this.#context.sink.sent(slot);
  }

  /** Called before `answered`: those that wait come before what the completion of that answer may start. */
  freed(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next === noSlot) this.#idle.push(connection);
    else this.#send(connection, next);
  }

  spent(connection: Connection): void {
    this.#forget(connection);
    this.#keeper.replace(connection.index);
  }

  answered(connection: Connection, slot: number, status: number, retryAfterMs: number): void {
    this.#keeper.worked(connection.index);
    if (slot === probeSlot) {
      clearTimeout(this.#headTimer);
      this.#headAskedOn = null;
      this.#keeper.ready();
      return;
    }
    this.#connectionOf[slot] = null;
    const operation = this.#context.calls[slot]?.operation ?? 0;
    if (this.#expected[operation]?.[status] === 1) {
      if (connection.body) this.#takeBody?.(slot, connection.body);
      const tell = this.#context.tellsAll ? () => connection.failureDetail?.() ?? null : undefined;
      this.#context.sink.completed(slot, outcomes.ok, '', false, tell);
    } else {
      const retryable = retryableStatuses.includes(status);
      if (retryable && retryAfterMs > 0) this.#context.sink.retryAfter(slot, retryAfterMs);
      const tell = () => connection.failureDetail?.() ?? null;
      this.#context.sink.completed(slot, outcomes.rejected, `status ${status}`, retryable, tell);
    }
  }

  broke(connection: Connection, slot: number, reason: string, cause: Error | null): void {
    if (slot === noSlot) this.#forget(connection);
    if (slot === probeSlot && connection === this.#headAskedOn) {
      this.#askAgain(connection);
      return;
    }
    this.#keeper.lost(connection.index, reason, cause);
    if (slot < 0) return;
    this.#connectionOf[slot] = null;
    this.#context.sink.completed(slot, outcomes.failed, reason, true, () => connection.failureDetail?.() ?? null);
  }

  #forget(connection: Connection): void {
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
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
    return completionOf(this.#context.target, this.#context.operations[operation]?.pattern);
  }

  bodyBytes(): BodyBytes | null {
    return this.#codec?.bodies() ?? null;
  }

  reconnects(): number {
    return this.#keeper.reconnects;
  }

  close(): Promise<void> {
    clearTimeout(this.#headTimer);
    this.#idle.length = 0;
    return this.#keeper.close();
  }
}
