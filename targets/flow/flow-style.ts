/** What happens behind the entry of a flow: the one thing in which styles differ. */
import type { PendingWork } from '../domain/service-domain.ts';

export interface PlacedOrder {
  readonly id: string;
  readonly key: string;
  readonly payload: string;
}

export interface FlowStyle {
  /** Before the order is kept; rejects when it can't be. Left out: nothing. */
  before?(order: PlacedOrder): Promise<void>;
  /** In the transaction that keeps the order. Left out: nothing. */
  beside?(order: PlacedOrder): void;
  /** The order is kept, and the client has its answer. `over`: the entry has nothing more to do with it. */
  begin(order: PlacedOrder, over: () => void): void;
  /** Goes on with what an earlier life left undone. */
  resume(): void;
  pending(): Promise<PendingWork>;
  close(): Promise<void>;
}
