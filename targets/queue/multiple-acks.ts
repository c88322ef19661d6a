/**
 * One acknowledgement for several messages of a channel: up to the first that is still being handled, whatever finished
 * behind it, so that none is acknowledged before its effect.
 */
import type { AckBatch } from '../../scenarios/scenario.ts';

export class MultipleAcks {
  readonly #settings: AckBatch;
  readonly #acknowledge: (deliveryTag: number) => void;
  /** Tags in the order of delivery, from the first that is not acknowledged: true once handled. */
  readonly #handled = new Map<number, boolean>();
  /** Handled ones up to the first that is not. */
  #ready = 0;
  #lastReady = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `acknowledge` is for this tag and all before it. */
  constructor(settings: AckBatch, acknowledge: (deliveryTag: number) => void) {
    this.#settings = settings;
    this.#acknowledge = acknowledge;
  }

  /** A message has come; tags rise. */
  begin(deliveryTag: number): void {
    this.#handled.set(deliveryTag, false);
  }

  done(deliveryTag: number): void {
    this.#handled.set(deliveryTag, true);
    for (const [tag, isHandled] of this.#handled) {
      if (!isHandled) break;
      this.#handled.delete(tag);
      this.#lastReady = tag;
      this.#ready++;
    }
    if (this.#ready >= this.#settings.every) this.flush();
    else if (this.#ready > 0) this.#timer ??= setTimeout(() => this.flush(), this.#settings.lingerMs);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#ready === 0) return;
    this.#ready = 0;
    this.#acknowledge(this.#lastReady);
  }

  /** Its channel is gone: nothing can be acknowledged on it any more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#ready = 0;
  }
}
