/** What an event says of which flow. */
import type { EventId, ValueMatch } from '../../scenarios/settled-settings.ts';
import { JsonValue } from '../websocket/json-value.ts';
import type { EventSink } from './flow-observer.ts';

export class EventReader {
  readonly #id: JsonValue | string;
  readonly #match: MatchReader | null;

  constructor({ id, until }: { readonly id: EventId; readonly until?: ValueMatch }) {
    if (id === 'key') this.#id = id;
    else this.#id = 'pointer' in id ? new JsonValue(id.pointer) : id.header;
    this.#match = until === undefined ? null : new MatchReader(until);
  }

  /** null: it holds none. `header`: by name, undefined for none; of a record whose key is its id, the key by whatever name. */
  idIn(header: (name: string) => string | undefined, body: Buffer): string | null {
    return typeof this.#id === 'string' ? (header(this.#id) ?? null) : this.#id.textIn(body, 0, body.length);
  }

  /** Whether it is of those that settle. */
  settles(body: Buffer): boolean {
    return this.#match === null || this.#match.isIn(body);
  }

  /** Tells the sink. Returns its id, settles it or not, as `idIn`. */
  read(sink: EventSink, header: (name: string) => string | undefined, body: Buffer): string | null {
    const id = this.idIn(header, body);
    if (id === null || id === '') sink.unreadable();
    else if (this.settles(body)) sink.settled(id);
    return id;
  }
}

/** Whether the value at a JSON pointer is one of those that are waited for. */
export class MatchReader {
  readonly #value: JsonValue;
  readonly #equals: ReadonlySet<string>;

  constructor({ pointer, equals }: ValueMatch) {
    this.#value = new JsonValue(pointer);
    this.#equals = new Set(equals);
  }

  isIn(body: Buffer): boolean {
    const text = this.#value.textIn(body, 0, body.length);
    return text !== null && this.#equals.has(text);
  }
}
