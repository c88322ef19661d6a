/**
 * At most so many attempts in flight; the next ones wait in a bounded line, first come first served. A place is held by an
 * attempt, not by an operation: who backs off does not keep others waiting.
 */
import { WaitingSlots } from '../../targets/driver-kit/waiting-slots.ts';

export class ConcurrencyLimit {
  #free: number;
  readonly #longestLine: number;
  readonly #line: WaitingSlots;

  /** `slots`: how many operations the load loop can hold. */
  constructor(settings: { readonly maxConcurrent: number; readonly waiting: number }, slots: number) {
    this.#free = settings.maxConcurrent;
    this.#longestLine = settings.waiting;
    this.#line = new WaitingSlots(slots);
  }

  get isFull(): boolean {
    return !this.#hasRoom && this.#line.length >= this.#longestLine;
  }

  get #hasRoom(): boolean {
    return this.#free > 0 && this.#line.length === 0;
  }

  /** True: the slot has a place now. False: it waits, until `next` names it or it gives up. */
  enter(slot: number): boolean {
    if (this.#hasRoom) {
      this.#free--;
      return true;
    }
    this.#line.push(slot);
    return false;
  }

  /** Gives a place back; true when somebody waits for it. */
  leave(): boolean {
    this.#free++;
    return this.#line.length > 0;
  }

  /** The one that has waited longest, with a place from now on; -1 when there is none, or no place. */
  next(): number {
    if (this.#free === 0 || this.#line.length === 0) return -1;
    this.#free--;
    return this.#line.shift();
  }

  giveUp(slot: number): void {
    this.#line.remove(slot);
  }
}
