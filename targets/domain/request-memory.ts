/**
 * Idempotency by request id: the effect of a request that comes again happens once, and it gets the first one's reply.
 * Bounded: the oldest are forgotten, so that a request repeated very late counts as a new one, unless the store knows it:
 * one in memory goes with its process, one in a file forgets nothing.
 */
import type { OrderReply } from './orders.ts';

type Listener = (reply: OrderReply) => void;

const defaultCapacity = 100_000;

export class RequestMemory {
  readonly #capacity: number;
  /** In the order of coming: the reply, or who waits for it. */
  readonly #known = new Map<string, OrderReply | Listener[]>();

  readonly #recall: (requestId: string) => OrderReply | null;

  /** `recall`: what a store knows of it. */
  constructor(recall: (requestId: string) => OrderReply | null = () => null, capacity: number = defaultCapacity) {
    this.#recall = recall;
    this.#capacity = capacity;
  }

  /** False: it is new, and `finish` is to be called with its reply. Else `listener` gets the first one's reply, now or later. */
  repeats(requestId: string, listener: Listener): boolean {
    const known = this.#known.get(requestId) ?? this.#recall(requestId);
    if (known === null) {
      this.#known.set(requestId, []);
      if (this.#known.size > this.#capacity) this.#forgetOldest();
      return false;
    }
    if (Array.isArray(known)) known.push(listener);
    else listener(known);
    return true;
  }

  finish(requestId: string, reply: OrderReply): void {
    const waiting = this.#known.get(requestId);
    if (waiting !== undefined) this.#known.set(requestId, reply);
    if (Array.isArray(waiting)) for (const listener of waiting) listener(reply);
  }

  /** It has come to nothing, of which this tells those who wait: when it comes again, it is new. */
  fail(requestId: string, reply: OrderReply): void {
    const waiting = this.#known.get(requestId);
    this.#known.delete(requestId);
    if (Array.isArray(waiting)) for (const listener of waiting) listener(reply);
  }

  #forgetOldest(): void {
    for (const [requestId, known] of this.#known) {
      if (Array.isArray(known)) continue; // somebody may wait for it
      this.#known.delete(requestId);
      return;
    }
  }
}
