/** What stands behind the services of all protocols: the orders, or a part of a flow. */
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import type { RefusalCode } from './evidence.ts';
import type { Failpoint } from './failpoint.ts';
import type { StoreFailures } from './order-store.ts';
import type { OrderReply, OrderRequest } from './orders.ts';

/** Changes of how it behaves, from the next operation on; what is left out stays. */
export interface DomainSettings {
  readonly workTimeMs?: number;
  readonly rejectRatio?: number;
  /** What alone is refused so, of a part of a flow: `refund`. null, or left out: all. */
  readonly rejectAction?: string | null;
  /** Calls of this version of the interface are refused as `retired`. null, or left out: none. */
  readonly retiredVersion?: ApiVersion | null;
}

/** What a part of a flow could still move. */
export interface PendingWork {
  /** Ids of the flows that it has in hand: calls, timers, events not sent yet. */
  readonly inHand: readonly string[];
  /** Events that wait for it at the broker; null: not known. */
  readonly queued: number | null;
}

export interface ServiceDomain {
  readonly failpoint: Failpoint;
  /** Taken up so far, refused ones included. */
  readonly operations: number;
  /** Begins with what an earlier life of this service left undone: once, before anything comes. */
  resume(): void;
  adjust(settings: DomainSettings): void;
  /** Does the work, then replies. */
  handle(request: OrderRequest, reply: (reply: OrderReply) => void): void;
  /** Hand-over: replies as soon as the request is kept, and does the work afterwards. */
  accept(request: OrderRequest, reply: (reply: OrderReply) => void): void;
  /** Puts on record that a broker's message was refused, and where it went. */
  refused(requestId: string, code: RefusalCode): void;
}

/** A part of a flow: with a store of its own, and what may be on its way. */
export interface FlowDomain extends ServiceDomain {
  readonly storeFailures: StoreFailures;
  pending(): Promise<PendingWork>;
  close(): Promise<void>;
}
