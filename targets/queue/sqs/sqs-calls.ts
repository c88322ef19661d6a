/** Requests over a few HTTP connections, one under way on each; those that find none wait, first come first served. */
import type { ReconnectPolicy } from '../../../scenarios/scenario.ts';
import { createReadBuffer, type Endpoint } from '../../driver-kit/client-socket.ts';
import { ConnectionKeeper } from '../../driver-kit/connection-keeper.ts';
import { HttpConnection } from '../../rest/http-connection.ts';
import { noSlot, type RestConnectionOwner } from '../../rest/rest-connection.ts';

/** What came back: an answer, or why there is none. */
export type SqsReply =
  | { readonly status: number; readonly body: Buffer }
  | { readonly status: null; readonly reason: string };

export interface SqsCall {
  /** Asked for when a connection is free; null: nobody wants it any more. */
  bytes(): Buffer | null;
  /** Its first byte is handed to a connection. */
  sent?(): void;
  /** Once, unless it was dropped; never from within `ask`. */
  done(reply: SqsReply): void;
}

export interface SqsCallsOptions {
  readonly endpoint: Endpoint;
  readonly connections: number;
  /** For messages. */
  readonly peer: string;
  readonly reconnect?: ReconnectPolicy | undefined;
}

export class SqsCalls implements RestConnectionOwner<HttpConnection> {
  readonly #keeper: ConnectionKeeper;
  readonly #idle: HttpConnection[] = [];
  #waiting: SqsCall[] = [];
  /** By the number under which a connection has it. */
  readonly #underWay = new Map<number, { readonly call: SqsCall; readonly connection: HttpConnection }>();
  #calls = 0;
  /** Since it was made. */
  asked = 0;
  #isClosed = false;

  constructor({ endpoint, connections, peer, reconnect }: SqsCallsOptions) {
    const readBuffer = createReadBuffer();
    this.#keeper = new ConnectionKeeper({
      count: connections,
      peer,
      reconnect,
      connect: (index) =>
        new HttpConnection({ index, endpoint, writers: [], codec: null, keepsBodies: true, readBuffer, owner: this }),
    });
  }

  /** Resolves when all are connected, to a proxy perhaps. Rejects with a BenchError (exit 3). */
  open(signal: AbortSignal): Promise<void> {
    return this.#keeper.open(signal);
  }

  ask(call: SqsCall): void {
    const connection = this.#idle.pop();
    if (connection === undefined) this.#waiting.push(call);
    else if (!this.#send(connection, call)) this.#idle.push(connection);
  }

  /** One whose answer is worth a promise. Given up, with its connection, when that takes longer. */
  request(bytes: Buffer, deadlineMs: number): Promise<SqsReply> {
    return new Promise((resolve) => {
      const call: SqsCall = {
        bytes: () => bytes,
        done(reply) {
          clearTimeout(timer);
          resolve(reply);
        },
      };
      const timer = setTimeout(() => {
        this.drop(call);
        resolve({ status: null, reason: 'timed out' });
      }, deadlineMs);
      if (this.#isClosed) call.done({ status: null, reason: 'connection closed' });
      else this.ask(call);
    });
  }

  /** Nothing more is told of it; where it was under way, its connection goes with it. */
  drop(call: SqsCall): void {
    const at = this.#waiting.indexOf(call);
    if (at !== -1) this.#waiting.splice(at, 1);
    for (const [number, { call: one, connection }] of this.#underWay) {
      if (one !== call) continue;
      this.#underWay.delete(number);
      connection.drop();
      this.#keeper.replace(connection.index);
      return;
    }
  }

  /** False: nobody wants it any more. */
  #send(connection: HttpConnection, call: SqsCall): boolean {
    const bytes = call.bytes();
    if (bytes === null) return false;
    const number = this.#calls++ % 0x4000_0000;
    this.asked++;
    this.#underWay.set(number, { call, connection });
    connection.sendBytes(number, bytes);
    return true;
  }

  opened(connection: HttpConnection): void {
    if (this.#keeper.opened(connection.index)) this.#keeper.ready();
    this.freed(connection);
  }

  sent(number: number): void {
    this.#underWay.get(number)?.call.sent?.();
  }

  freed(connection: HttpConnection): void {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (this.#send(connection, next)) return;
    }
    this.#idle.push(connection);
  }

  spent(connection: HttpConnection): void {
    this.#forget(connection);
    this.#keeper.replace(connection.index);
  }

  answered(connection: HttpConnection, number: number, status: number): void {
    this.#keeper.worked(connection.index);
    this.#end(number, { status, body: connection.body ?? Buffer.alloc(0) });
  }

  broke(connection: HttpConnection, number: number, reason: string, cause: Error | null): void {
    if (number === noSlot) this.#forget(connection);
    this.#keeper.lost(connection.index, reason, cause);
    this.#end(number, { status: null, reason });
  }

  #end(number: number, reply: SqsReply): void {
    const found = this.#underWay.get(number);
    this.#underWay.delete(number);
    found?.call.done(reply);
  }

  #forget(connection: HttpConnection): void {
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  get reconnects(): number {
    return this.#keeper.reconnects;
  }

  /** What is under way or waits is told that its connection is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#waiting, ...[...this.#underWay.values()].map(({ call }) => call)];
    this.#waiting = [];
    this.#underWay.clear();
    this.#idle.length = 0;
    for (const call of open) call.done({ status: null, reason: 'connection closed' });
    await this.#keeper.close();
  }
}
