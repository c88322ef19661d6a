/** Sends what was kept with a change, and forgets it once the broker has it: what was sent and not forgotten is sent again. */
import type { Failpoint } from '../domain/failpoint.ts';
import { StoreFailure } from '../domain/order-store.ts';
import type { EventBus } from './flow-events.ts';
import type { FlowStore, OutboxEvent } from './flow-store.ts';

const mostAtOnce = 100;
const againAfterMs = 200;

export interface OutboxOptions {
  readonly store: FlowStore;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly failpoint: Failpoint;
}

export class Outbox {
  readonly #options: OutboxOptions;
  /** By the id of a flow: who wants to know that its event is sent. */
  readonly #waiting = new Map<string, () => void>();
  #isSending = false;
  #isClosed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** There is something to send. `sent`: called once that of this flow is. */
  wake(id?: string, sent?: () => void): void {
    if (id !== undefined && sent !== undefined) this.#waiting.set(id, sent);
    if (this.#isSending) return;
    this.#isSending = true;
    void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      if (this.#isClosed) return;
      const events = await this.#kept();
      if (events.length === 0) break;
      await Promise.all(events.map((event) => this.#send(event)));
    }
    this.#isSending = false;
  }

  /** What is committed: in a commit of its own, since what still waits for one may come to nothing. */
  #kept(): Promise<OutboxEvent[]> {
    const { store } = this.#options;
    return new Promise((done) => {
      const read = () =>
        store.keep(
          null,
          () => store.events(mostAtOnce),
          (events) => {
            if (!(events instanceof StoreFailure)) done(events);
            else if (!this.#isClosed) setTimeout(read, againAfterMs).unref();
          },
        );
      read();
    });
  }

  async #send(event: OutboxEvent): Promise<void> {
    const { bus, failpoint } = this.#options;
    await bus.publish(event);
    failpoint.reach('published', event.id);
    await new Promise<void>((done) => this.#forget(event, done));
    this.#waiting.get(event.id)?.();
    this.#waiting.delete(event.id);
  }

  #forget(event: OutboxEvent, done: () => void): void {
    const { store } = this.#options;
    store.keep(
      null,
      () => store.dropEvent(event.number),
      (kept) => {
        if (!(kept instanceof StoreFailure)) done();
        else if (!this.#isClosed) setTimeout(() => this.#forget(event, done), againAfterMs).unref();
      },
    );
  }

  close(): void {
    this.#isClosed = true;
  }
}
