/**
 * Calls that the peer says it never looked at (beyond the last stream of its GOAWAY, or REFUSED_STREAM) are sent again by
 * the session itself, once an operation, as gRPC's clients do: whatever the scenario's own retries are. Each goes to the
 * connection that has the place of the one it was on, for the others may be about to leave, too.
 */
import type { CompletionSink } from '../../driver.ts';
import type { Conclusion } from './conclusion.ts';

const fresh = 0;
/** To be sent again. */
const due = 1;
const used = 2;

export class TransparentRetries {
  readonly #sink: CompletionSink;
  readonly #state: Uint8Array;
  /** By the connection's place. */
  readonly #dueOn = new Map<number, Set<number>>();

  constructor(slots: number, sink: CompletionSink) {
    this.#state = new Uint8Array(slots);
    this.#sink = sink;
  }

  /** `attempt`: 1 for an operation's first. */
  begin(slot: number, attempt = 1): void {
    if (attempt === 1) this.#state[slot] = fresh;
  }

  /** Call it for each that is handed to a connection. */
  sent(slot: number): void {
    if (this.#state[slot] !== due) {
      this.#sink.sent(slot);
      return;
    }
    this.#state[slot] = used;
    this.#sink.resent(slot);
  }

  /** True when it is to be sent again, at place `index`, instead of being reported. */
  takes(slot: number, { unprocessed }: Conclusion, index: number): boolean {
    if (unprocessed !== true || this.#state[slot] !== fresh) return false;
    this.#state[slot] = due;
    const others = this.#dueOn.get(index);
    if (others === undefined) this.#dueOn.set(index, new Set([slot]));
    else others.add(slot);
    return true;
  }

  areDue(index: number): boolean {
    return (this.#dueOn.get(index)?.size ?? 0) > 0;
  }

  /** Takes out the one that waits longest for this place; -1: none does. */
  next(index: number): number {
    for (const slot of this.#dueOn.get(index) ?? []) {
      this.#dueOn.get(index)?.delete(slot);
      return slot;
    }
    return -1;
  }

  /** Given up. False: it does not wait here. */
  remove(slot: number): boolean {
    if (this.#state[slot] !== due) return false;
    this.#state[slot] = used;
    for (const slots of this.#dueOn.values()) slots.delete(slot);
    return true;
  }
}
