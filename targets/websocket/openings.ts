/** What is said on a new connection before any operation, e.g. `connection_init` and its `connection_ack`. */
import type { MessageMatch, OpeningMessage } from '../../scenarios/scenario.ts';
import { connectTimeoutMs } from '../driver-kit/client-socket.ts';
import { JsonValue } from './json-value.ts';
import type { MessageConnection } from './message-connection.ts';

const longestQuote = 120;

export class Match {
  readonly #value: JsonValue;
  readonly #values: ReadonlySet<string>;

  constructor({ pointer, values }: MessageMatch) {
    this.#value = new JsonValue(pointer);
    this.#values = new Set(values);
  }

  fits(bytes: Buffer, start: number, end: number): boolean {
    const value = this.#value.textIn(bytes, start, end);
    return value !== null && this.#values.has(value);
  }
}

interface Step {
  readonly text: Buffer;
  readonly match: Match | null;
  readonly name: string;
}

interface Opening {
  step: number;
  /** What came last in place of what is waited for. */
  last: string;
  readonly timer: NodeJS.Timeout;
}

export interface OpeningsOwner<Connection> {
  /** All is said: operations may be sent. */
  done(connection: Connection): void;
  failed(connection: Connection, why: string): void;
}

export class Openings<Connection extends MessageConnection> {
  readonly #steps: readonly Step[];
  readonly #owner: OpeningsOwner<Connection>;
  readonly #openings = new Map<Connection, Opening>();

  constructor(messages: readonly OpeningMessage[], owner: OpeningsOwner<Connection>) {
    this.#owner = owner;
    this.#steps = messages.map(({ send, await: awaited }, n) => ({
      text: Buffer.from(send),
      match: awaited === undefined ? null : new Match(awaited),
      name: `onOpen[${n}]`,
    }));
  }

  begin(connection: Connection): void {
    if (this.#steps.length === 0) {
      this.#owner.done(connection);
      return;
    }
    const timer = setTimeout(() => this.#giveUp(connection), connectTimeoutMs);
    this.#openings.set(connection, { step: 0, last: '', timer });
    this.#go(connection, 0);
  }

  #go(connection: Connection, from: number): void {
    const opening = this.#openings.get(connection);
    if (opening === undefined) return;
    for (let n = from; n < this.#steps.length; n++) {
      const { text, match } = this.#steps[n] as Step;
      opening.step = n;
      connection.sendWritten(text);
      if (match !== null) return;
    }
    this.forget(connection);
    this.#owner.done(connection);
  }

  /** False once all is said: the message is an operation's. Until then what is not waited for is passed over. */
  takes(connection: Connection, bytes: Buffer, start: number, end: number): boolean {
    if (this.#openings.size === 0) return false;
    const opening = this.#openings.get(connection);
    if (opening === undefined) return false;
    if (this.#steps[opening.step]?.match?.fits(bytes, start, end)) this.#go(connection, opening.step + 1);
    else opening.last = bytes.toString('utf8', start, Math.min(end, start + longestQuote));
    return true;
  }

  #giveUp(connection: Connection): void {
    const opening = this.#openings.get(connection);
    if (opening === undefined) return;
    this.forget(connection);
    const said = opening.last === '' ? 'nothing came' : `it said ${opening.last}`;
    this.#owner.failed(connection, `no answer as awaited by ${this.#steps[opening.step]?.name}; ${said}`);
  }

  forget(connection: Connection): void {
    clearTimeout(this.#openings.get(connection)?.timer);
    this.#openings.delete(connection);
  }

  close(): void {
    for (const connection of [...this.#openings.keys()]) this.forget(connection);
  }
}
