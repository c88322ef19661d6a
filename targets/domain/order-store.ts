/**
 * Where a service keeps its state, and when that counts as kept. What is done to the state goes through `run`, so that a
 * store may keep several changes with one commit; each change takes its request id along, so that everybody can see at
 * the end whose effects are still there.
 */
import type { Order, OrderReply, OrderRequest } from './orders.ts';
import type { Population } from './service-options.ts';

/** The state itself, within `run`. */
export interface OrderState {
  order(id: string): Order | null;
  /** A new version of it. */
  put(order: Order, requestId: string): void;
  /** The oldest, so many at most. */
  first(limit: number): Order[];
  charge(account: string, cents: number, requestId: string): void;
  /** Handed over, and to be done: known to a later life of this service until it is done. */
  keepAccepted(request: OrderRequest): void;
  /** What was handed over is done with. */
  dropAccepted(requestId: string): void;
  /** What `remember` was told of this request; null: nothing, or this store forgets with its process. */
  recall(requestId: string): OrderReply | null;
  remember(requestId: string, reply: OrderReply): void;
}

/** `note`: something to be known later, and no effect of the request yet. */
export interface Access {
  readonly kind: 'read' | 'note' | 'effect';
  readonly requestId: string;
}

export interface OrderStore {
  /**
   * Calls `done` once what `work` changed is kept, perhaps at once; with the reason when it could not be, and then nothing
   * of it is.
   */
  run<Result>(access: Access, work: (state: OrderState) => Result, done: (result: Result | StoreFailure) => void): void;
  /** Of an earlier life of this process, in the order of coming. */
  accepted(): OrderRequest[];
  /** Outside of `run`: what is committed. */
  recall(requestId: string): OrderReply | null;
  /** Over all accounts; null: those who share the state are to be asked, not each process. */
  readonly chargedCents: number | null;
  readonly failures: StoreFailures;
  /** Before `close`: what is on its way has arrived. Left out: nothing ever is. */
  end?(): Promise<void>;
  /** Leaves at `statePath` what the store held. */
  close(): void;
}

/** A result of `run`: what `work` did is undone. */
export class StoreFailure {
  /** As the store puts it: `database or disk is full`. */
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** What could not be kept since this process started. */
export interface StoreFailures {
  readonly requests: number;
  /** Of the first; '' when there is none. */
  readonly why: string;
}

export interface StoreOptions {
  /** A database that outlives the process, or where a store in memory says at its end what it held. */
  readonly statePath: string;
  /** Which process of the trial this is. */
  readonly part: number;
  readonly population: Population;
  /** Just before the effect of a request is kept. */
  readonly beforeCommit: (requestId: string) => void;
}
