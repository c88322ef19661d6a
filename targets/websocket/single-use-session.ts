/** A WebSocket for each operation: opened, asked once if the peer lets it, closed. For callers that are to be refused. */
import type { Completion } from '../../result/result-types.ts';
import { type DriverContext, outcomes, type Session } from '../driver.ts';
import { completionOf } from '../driver-kit/completion-of.ts';
import { detailOf } from '../driver-kit/failure-detail.ts';
import type { MessageConnection, WebSocketOwner } from './message-connection.ts';
import { MessageSpec } from './message-spec.ts';

export class SingleUseSession<Connection extends MessageConnection> implements Session, WebSocketOwner<Connection> {
  readonly #context: DriverContext;
  readonly #specs: readonly MessageSpec[];
  readonly #connect: (index: number, owner: WebSocketOwner<Connection>) => Connection;
  /** By slot; the connection's index is the slot. */
  readonly #open = new Map<number, Connection>();
  readonly #closing = new Set<Promise<void>>();

  constructor(context: DriverContext, connect: (index: number, owner: WebSocketOwner<Connection>) => Connection) {
    this.#context = context;
    this.#specs = context.operations.map(
      (operation, index) => new MessageSpec(operation, context.payloads[index] ?? []),
    );
    this.#connect = connect;
  }

  start(slot: number): void {
    this.#open.set(slot, this.#connect(slot, this));
    this.#context.sink.sent(slot); // the handshake says who it is: it is the attempt
  }

  opened(connection: Connection): void {
    const slot = connection.index;
    const { calls, payloads } = this.#context;
    const call = calls[slot];
    const spec = call && this.#specs[call.operation];
    if (this.#open.get(slot) !== connection || call === undefined || spec === undefined) return;
    connection.send(spec.message, spec.isBinary, call, payloads[call.operation]?.[call.payload]);
  }

  message(connection: Connection, bytes: Buffer, start: number, end: number): void {
    const slot = connection.index;
    const call = this.#context.calls[slot];
    const spec = call && this.#specs[call.operation];
    if (!this.#forget(connection) || spec === undefined) return;
    const refusal = spec.refusalIn(bytes, start, end);
    const tell = () => detailOf('', bytes.subarray(start, end));
    if (refusal === null) this.#context.sink.completed(slot, outcomes.ok, '', false);
    else this.#context.sink.completed(slot, outcomes.rejected, `reply ${refusal}`, false, tell);
  }

  broke(connection: Connection, reason: string): void {
    if (!this.#forget(connection)) return;
    const isAnswer = reason.startsWith('handshake status ');
    const outcome = isAnswer ? outcomes.rejected : outcomes.failed;
    this.#context.sink.completed(connection.index, outcome, reason, !isAnswer || isPassing(reason));
  }

  congested(): void {}

  drained(): void {}

  abort(slot: number): void {
    const connection = this.#open.get(slot);
    if (connection !== undefined) this.#forget(connection);
  }

  /** False: it was forgotten before. */
  #forget(connection: Connection): boolean {
    if (this.#open.get(connection.index) !== connection) return false;
    this.#open.delete(connection.index);
    const closing = connection.close();
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
    return true;
  }

  completion(operation: number): Completion {
    return completionOf(this.#context.target, this.#context.operations[operation]?.pattern);
  }

  reconnects(): number {
    return 0;
  }

  async close(): Promise<void> {
    for (const connection of [...this.#open.values()]) this.#forget(connection);
    await Promise.all(this.#closing);
  }
}

function isPassing(reason: string): boolean {
  return /status (429|502|503|504)$/.test(reason);
}
