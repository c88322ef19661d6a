/** The state as changes see it that leave together: what is folded, what those before them do to it, and what is to be appended. */
import type { OrderEvent } from './event-log.ts';
import type { OrderFold } from './order-fold.ts';
import type { OrderState } from './order-store.ts';
import type { Order, OrderReply } from './orders.ts';

/** What it depends on is not known yet. */
export class StillFolding extends Error {}

export class LogView implements OrderState {
  readonly events: OrderEvent[] = [];
  /** Whose change it is. */
  requestId = '';
  readonly #fold: OrderFold | null;
  readonly #changed = new Map<string, Order>();

  /** null: it is still being folded. */
  constructor(fold: OrderFold | null) {
    this.#fold = fold;
  }

  order(id: string): Order | null {
    const changed = this.#changed.get(id);
    if (changed !== undefined) return changed;
    if (this.#fold !== null) return this.#fold.order(id);
    if (id === this.requestId) return null; // what a request makes is called after it
    throw new StillFolding();
  }

  put(order: Order, request: string): void {
    const { id, key, payload, status } = order;
    this.#changed.set(id, order);
    if (status === 'cancelled') this.events.push({ type: 'cancelled', id, request });
    else if (id === request) this.events.push({ type: 'placed', id, request, key, payload });
    else this.events.push({ type: 'updated', id, request, payload });
  }

  first(limit: number): Order[] {
    if (this.#fold === null) throw new StillFolding();
    return this.#fold.first(limit);
  }

  charge(account: string, cents: number, request: string): void {
    this.events.push({ type: 'paid', id: request, request, account, cents });
  }

  recall(requestId: string): OrderReply | null {
    if (this.#fold === null) throw new StillFolding();
    return this.#fold.replyOf(requestId);
  }

  // All of it is in the events.
  remember(): void {}
  keepAccepted(): void {}
  dropAccepted(): void {}
}
