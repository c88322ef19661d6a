/** State in the memory of the process: gone with it. */
import { Accounts } from './accounts.ts';
import { DistinctOperations } from './distinct-operations.ts';
import { writeHeld } from './held-file.ts';
import { parseOperationId } from './operation-id.ts';
import type { Access, OrderState, OrderStore, StoreOptions } from './order-store.ts';
import { type Order, type OrderReply, type OrderRequest, orderOfPopulation } from './orders.ts';
import { populationIds } from './service-options.ts';

export class MemoryStore implements OrderStore, OrderState {
  readonly failures = { requests: 0, why: '' };
  readonly #options: Pick<StoreOptions, 'statePath' | 'beforeCommit'>;
  readonly #orders = new Map<string, Order>();
  readonly #accounts = new Accounts();
  /** Whose effects are in it. */
  readonly #held = new DistinctOperations();

  constructor(options: Pick<StoreOptions, 'statePath' | 'beforeCommit' | 'population'>) {
    this.#options = options;
    for (const id of populationIds(options.population)) this.#orders.set(id, orderOfPopulation(id));
  }

  get chargedCents(): number {
    return this.#accounts.chargedCents;
  }

  run<Result>(access: Access, work: (state: OrderState) => Result, done: (result: Result) => void): void {
    if (access.kind === 'effect') this.#options.beforeCommit(access.requestId);
    done(work(this));
  }

  order(id: string): Order | null {
    return this.#orders.get(id) ?? null;
  }

  put(order: Order, requestId: string): void {
    this.#orders.set(order.id, order);
    this.#hold(requestId);
  }

  first(limit: number): Order[] {
    const page: Order[] = [];
    for (const order of this.#orders.values()) {
      if (page.push(order) === limit) break;
    }
    return page;
  }

  charge(account: string, cents: number, requestId: string): void {
    this.#accounts.charge(account, cents);
    this.#hold(requestId);
  }

  #hold(requestId: string): void {
    const id = parseOperationId(requestId);
    if (id !== null) this.#held.add(id);
  }

  // Whatever else is known of requests is in the memory of the process already.
  keepAccepted(): void {}
  dropAccepted(): void {}
  remember(): void {}
  recall(): OrderReply | null {
    return null;
  }
  accepted(): OrderRequest[] {
    return [];
  }

  close(): void {
    writeHeld(this.#options.statePath, this.#held);
  }
}
