/** The entry of a flow that nobody leads: it tells that an order is placed, and that is all. */
import { placedWord } from '../../result/flow-steps.ts';
import type { FlowPublish } from '../../scenarios/flow-settings.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import type { PendingWork } from '../domain/service-domain.ts';
import type { EventBus } from './flow-events.ts';
import type { FlowStore } from './flow-store.ts';
import type { FlowStyle, PlacedOrder } from './flow-style.ts';
import { Outbox } from './outbox.ts';

export interface AnnouncerOptions {
  readonly publish: FlowPublish;
  readonly bus: EventBus;
  readonly store: FlowStore;
  readonly failpoint: Failpoint;
}

const placed = (order: PlacedOrder) => ({ event: placedWord, ...order });

export class Announcer implements FlowStyle {
  readonly #options: AnnouncerOptions;
  readonly #outbox: Outbox;
  /** Of dual writes, while the event is on its way to the broker. */
  readonly #publishing = new Set<string>();

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options);
  }

  async before(order: PlacedOrder): Promise<void> {
    const { publish, bus, failpoint } = this.#options;
    if (publish !== 'publish-first') return;
    await bus.publish(placed(order));
    failpoint.reach('published', order.id);
  }

  beside(order: PlacedOrder): void {
    if (this.#options.publish === 'outbox') this.#options.store.putEvent(placed(order));
  }

  begin(order: PlacedOrder, over: () => void): void {
    const { publish, bus, failpoint } = this.#options;
    if (publish === 'publish-first') {
      over();
      return;
    }
    failpoint.reach('committed', order.id);
    if (publish === 'outbox') {
      this.#outbox.wake(order.id, over);
      return;
    }
    this.#publishing.add(order.id);
    void bus.publish(placed(order)).then(() => {
      this.#publishing.delete(order.id);
      over();
    });
  }

  resume(): void {
    this.#outbox.wake();
  }

  async pending(): Promise<PendingWork> {
    return { inHand: [...this.#publishing, ...this.#options.store.eventIds()], queued: 0 };
  }

  async close(): Promise<void> {
    this.#outbox.close();
    await this.#options.bus.close();
  }
}
