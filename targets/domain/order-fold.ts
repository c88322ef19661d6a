/** What the events of a log come to: the orders and accounts of a service. Pure. */
import { crc32 } from 'node:zlib';
import { DistinctOperations } from './distinct-operations.ts';
import type { OrderEvent } from './event-log.ts';
import { type OperationId, parseOperationId } from './operation-id.ts';
import { type Order, type OrderReply, orderOfPopulation } from './orders.ts';
import { type AccountEntry, type OrderEntry, StateDigest, trailOf } from './state-digest.ts';

type PaidEvent = Extract<OrderEvent, { readonly type: 'paid' }>;

interface FoldedOrder {
  readonly order: Order;
  readonly entry: OrderEntry;
}

/** For a file; everything in it can be cloned. */
export interface FoldSnapshot {
  readonly events: number;
  readonly orders: readonly FoldedOrder[];
  readonly accounts: readonly (readonly [account: string, entry: AccountEntry])[];
  readonly held: readonly OperationId[];
  readonly replies: ReadonlyMap<string, OrderReply>;
}

export class OrderFold {
  readonly held = new DistinctOperations();
  readonly #orders = new Map<string, FoldedOrder>();
  readonly #accounts = new Map<string, AccountEntry>();
  readonly #digest = new StateDigest();
  /** By request id, where requests are to be known again. */
  readonly #replies = new Map<string, OrderReply>();
  readonly #remembers: boolean;
  #events = 0;

  /** `population`: ids of orders that are there before all events. */
  constructor(population: Iterable<string>, remembers: boolean) {
    this.#remembers = remembers;
    for (const id of population) this.#put(orderOfPopulation(id), 0, 0);
  }

  static from({ events, orders, accounts, held, replies }: FoldSnapshot, remembers: boolean): OrderFold {
    const fold = new OrderFold([], remembers);
    fold.#events = events;
    for (const folded of orders) {
      fold.#orders.set(folded.order.id, folded);
      fold.#digest.add(folded.entry);
    }
    for (const [account, entry] of accounts) {
      fold.#accounts.set(account, entry);
      fold.#digest.add(entry);
    }
    for (const id of held) fold.held.add(id);
    for (const [request, reply] of replies) fold.#replies.set(request, reply);
    return fold;
  }

  snapshot(): FoldSnapshot {
    return {
      events: this.#events,
      orders: [...this.#orders.values()],
      accounts: [...this.#accounts],
      held: [...this.held],
      replies: this.#replies,
    };
  }

  /** How many it has folded. */
  get events(): number {
    return this.#events;
  }

  get digest(): string {
    return this.#digest.text;
  }

  get chargedCents(): number {
    let sum = 0;
    for (const { cents } of this.#accounts.values()) sum += cents;
    return sum;
  }

  order(id: string): Order | null {
    return this.#orders.get(id)?.order ?? null;
  }

  /** The oldest, so many at most. */
  first(limit: number): Order[] {
    const page: Order[] = [];
    for (const { order } of this.#orders.values()) {
      if (page.push(order) === limit) break;
    }
    return page;
  }

  /** null: it is not known, or none is. */
  replyOf(requestId: string): OrderReply | null {
    return this.#replies.get(requestId) ?? null;
  }

  apply(event: OrderEvent): void {
    this.#events++;
    const id = parseOperationId(event.request);
    if (id !== null) this.held.add(id);
    if (event.type === 'paid') this.#charge(event);
    else this.#change(event);
  }

  /** A change of an order that nobody placed makes it, of what the event knows: so it is in a log that has lost some. */
  #change(event: Exclude<OrderEvent, PaidEvent>): void {
    const before = this.#orders.get(event.id);
    const { key = '', payload = '', status = 'placed', version = 0 } = before?.order ?? {};
    const order: Order = {
      id: event.id,
      key: event.type === 'placed' ? event.key : key,
      payload: event.type === 'cancelled' ? payload : event.payload,
      status: event.type === 'cancelled' ? 'cancelled' : event.type === 'placed' ? 'placed' : status,
      version: version + 1,
    };
    if (before !== undefined) this.#digest.remove(before.entry);
    this.#put(order, this.#events, trailOf(before?.entry.trail ?? 0, event.request));
    this.#remember(event.request, { code: event.type === 'placed' ? 'created' : 'ok', order });
  }

  #put(order: Order, lastEvent: number, trail: number): void {
    const { id, key, payload, status, version } = order;
    const entry = { id, keyHash: crc32(key), payloadHash: crc32(payload), status, version, lastEvent, trail };
    this.#orders.set(id, { order, entry });
    this.#digest.add(entry);
  }

  #charge({ id, account, cents, request }: PaidEvent): void {
    const before = this.#accounts.get(account);
    if (before !== undefined) this.#digest.remove(before);
    const entry = {
      accountHash: crc32(account),
      cents: (before?.cents ?? 0) + cents,
      lastEvent: this.#events,
      trail: trailOf(before?.trail ?? 0, request),
    };
    this.#accounts.set(account, entry);
    this.#digest.add(entry);
    this.#remember(request, { code: 'created', order: { id, key: account, payload: '', status: 'paid', version: 1 } });
  }

  #remember(request: string, reply: OrderReply): void {
    if (this.#remembers && !this.#replies.has(request)) this.#replies.set(request, reply);
  }
}
