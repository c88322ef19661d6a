/** Gathers attempts until a batch is full or its first has waited long enough; one timer for all of them. */
import type { Batch } from '../../scenarios/scenario.ts';

export class BatchGatherer {
  readonly #limits: Batch;
  readonly #leave: (slots: readonly number[]) => void;
  #slots: number[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #turnScheduled = false;
  #closed = false;

  /** `leave` gets each batch, never empty, in the order of coming. */
  constructor(limits: Batch, leave: (slots: readonly number[]) => void) {
    this.#limits = limits;
    this.#leave = leave;
  }

  push(slot: number, bytes: number): void {
    const { maxMessages, maxBytes, lingerMs } = this.#limits;
    if (this.#slots.length > 0 && this.#bytes + bytes > maxBytes) this.flush();
    this.#slots.push(slot);
    this.#bytes += bytes;
    if (this.#slots.length >= maxMessages || this.#bytes >= maxBytes) this.flush();
    else if (this.#slots.length > 1) return;
    else if (lingerMs > 0) this.#armTimer(lingerMs);
    else this.#leaveAfterThisTurn();
  }

  /** A batch that was full early leaves its timer running: the next batch's first message starts it anew. */
  #armTimer(lingerMs: number): void {
    if (this.#timer === null) this.#timer = setTimeout(() => this.flush(), lingerMs);
    else this.#timer.refresh();
  }

  #leaveAfterThisTurn(): void {
    if (this.#turnScheduled) return;
    this.#turnScheduled = true;
    queueMicrotask(() => {
      this.#turnScheduled = false;
      this.flush();
    });
  }

  /** False when it is not waiting here. Its bytes stay counted, so that the batch leaves no later for it. */
  remove(slot: number): boolean {
    const at = this.#slots.indexOf(slot);
    if (at === -1) return false;
    this.#slots.splice(at, 1);
    return true;
  }

  /** What is gathered leaves now. */
  flush(): void {
    if (this.#slots.length === 0 || this.#closed) return;
    const slots = this.#slots;
    this.#slots = [];
    this.#bytes = 0;
    this.#leave(slots);
  }

  /** Nothing leaves any more. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
