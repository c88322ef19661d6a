/** REST sessions, whichever client is beneath: which request goes to which connection, and what its answer means. */
import type { BodyBytes, Completion, HttpCounts } from '../../result/result-types.ts';
import type { RestTarget } from '../../scenarios/scenario.ts';
import type { DriverContext, Session } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { endpointOf } from '../driver-kit/client-socket.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { ConnectionKeeper, connectionShare } from '../driver-kit/connection-keeper.ts';
import { peerName } from '../driver-kit/peer-name.ts';
import { WaitingSlots } from '../driver-kit/waiting-slots.ts';
import { AnswerJudge } from './answer-judge.ts';
import type { TakeAnswer } from './cache/cached-session.ts';
import { ConnectionReuse } from './connection-reuse.ts';
import { type Probe, probeOf } from './probe.ts';
import { noSlot, probeSlot, type RestConnection, type RestConnectionOwner } from './rest-connection.ts';

const proxyVerdictMs = 250;
const headTimeoutMs = 1_000;

export class RestSession<Connection extends RestConnection> implements Session, RestConnectionOwner<Connection> {
  readonly #context: DriverContext;
  readonly #codec: BodyCodec | null;
  readonly #judge: AnswerJudge;
  #isUsable = false;
  readonly #reuse: ConnectionReuse | null;
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
    take: TakeAnswer | null = null,
  ) {
    const { target, calls, worker, workers } = context;
    this.#context = context;
    this.#isSpread = context.address.includes(',');
    this.#codec = codec;
    this.#judge = new AnswerJudge({ context, codec, take, again: (slot) => this.start(slot) });
    this.#waiting = new WaitingSlots(calls.length);
    this.#connectionOf = calls.map(() => null);
    this.#probe = probeOf(context);
    this.#reuse = ConnectionReuse.of((target as RestTarget).reuse);
    this.#keeper = new ConnectionKeeper({
      reconnect: context.reconnect,
      target: context.target,
      count: connectionShare((target as RestTarget).connections, worker, workers),
      peer: `The HTTP service at ${peerName(context)}`,
      connect: (index) => connect(index, this),
    });
  }

  async open(signal: AbortSignal): Promise<void> {
    await this.#keeper.open(signal);
    this.#isUsable = true;
  }

  /** A proxy accepts connections whether or not there is a service behind it: only an answer, whatever it says, proves one. */
  opened(connection: Connection): void {
    const { index } = connection;
    const isLast = this.#keeper.opened(index);
    if (this.#isUsable) this.#judge.handshakes++;
    const caller = this.#reuse?.opened(index) ?? noSlot;
    if (caller !== noSlot) this.#send(connection, caller);
    else if (isLast || index === this.#askedAgainOn) this.#askFirst(connection);
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
    if (connection !== undefined) this.#send(connection, slot);
    else if (this.#reuse?.hasClosed) this.#dialFor(this.#reuse, slot);
    else this.#waiting.push(slot);
  }

  #dialFor(reuse: ConnectionReuse, slot: number): void {
    this.#keeper.replace(reuse.dialFor(slot));
  }

  #send(connection: Connection, slot: number): void {
    const { calls, payloads } = this.#context;
    const call = calls[slot];
    if (call === undefined) return;
    this.#connectionOf[slot] = connection;
    this.#reuse?.serves(connection.index);
    const hop = this.#judge.hop(slot);
    if (hop !== undefined) connection.sendHop?.(slot, hop);
    else connection.send(slot, call, payloads[call.operation]?.[call.payload]);
  }

  sent(slot: number): void {
    if (slot >= 0 && this.#judge.hop(slot) === undefined) this.#context.sink.sent(slot);
  }

  /** Called before `answered`: those that wait come before what the completion of that answer may start. */
  freed(connection: Connection): void {
    if (this.#reuse?.isOver(connection.index)) {
      connection.drop();
      this.#close(this.#reuse, connection.index);
      return;
    }
    const next = this.#waiting.shift();
    if (next === noSlot) this.#idle.push(connection);
    else this.#send(connection, next);
  }

  spent(connection: Connection): void {
    this.#forget(connection);
    if (this.#reuse === null || !this.#isUsable) this.#keeper.replace(connection.index);
    else this.#close(this.#reuse, connection.index);
  }

  /** Whoever comes next dials. */
  #close(reuse: ConnectionReuse, index: number): void {
    reuse.closed(index);
    const next = this.#waiting.shift();
    if (next !== noSlot) this.#dialFor(reuse, next);
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
    this.#judge.answered(slot, status, retryAfterMs, connection);
  }

  broke(connection: Connection, slot: number, reason: string, cause: Error | null): void {
    if (slot === noSlot) this.#forget(connection);
    if (slot === probeSlot && connection === this.#headAskedOn) {
      this.#askAgain(connection);
      return;
    }
    this.#lose(connection.index, reason, cause);
    if (slot < 0) return;
    this.#connectionOf[slot] = null;
    this.#judge.failed(slot, reason, connection);
  }

  #lose(index: number, reason: string, cause: Error | null): void {
    const reuse = this.#isUsable ? this.#reuse : null;
    this.#keeper.lost(index, reason, cause, reuse === null);
    if (reuse === null) return;
    const caller = reuse.lost(index);
    this.#close(reuse, index);
    if (caller !== noSlot) this.#judge.failed(caller, reason, null);
  }

  #forget(connection: Connection): void {
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  abort(slot: number): void {
    this.#judge.forget(slot);
    if (this.#waiting.remove(slot) || this.#reuse?.forget(slot)) return;
    const connection = this.#connectionOf[slot] ?? null;
    if (connection === null) return;
    this.#connectionOf[slot] = null;
    connection.drop();
    this.#keeper.replace(connection.index);
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
    clearTimeout(this.#headTimer);
    this.#idle.length = 0;
    await Promise.all([this.#keeper.close(), this.#judge.close()]);
  }
}
