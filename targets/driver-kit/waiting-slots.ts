/** Slots that wait for a connection, first come first served; one that gives up leaves at once, wherever it stands. */
const none = -1;
const absent = -2;

export class WaitingSlots {
  /** A doubly linked list through two arrays: slots are dense, and each waits at most once. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #first = none;
  #last = none;
  #length = 0;

  constructor(slots: number) {
    this.#next = new Int32Array(slots).fill(absent);
    this.#previous = new Int32Array(slots).fill(absent);
  }

  get length(): number {
    return this.#length;
  }

  /** The one that waits longest; -1 when none waits. */
  get first(): number {
    return this.#first;
  }

  has(slot: number): boolean {
    return this.#next[slot] !== absent;
  }

  push(slot: number): void {
    this.#next[slot] = none;
    this.#previous[slot] = this.#last;
    if (this.#last === none) this.#first = slot;
    else this.#next[this.#last] = slot;
    this.#last = slot;
    this.#length++;
  }

  /** -1 when none waits. */
  shift(): number {
    const slot = this.#first;
    if (slot !== none) this.remove(slot);
    return slot;
  }

  /** False when it does not wait. */
  remove(slot: number): boolean {
    const next = this.#next[slot] as number;
    const previous = this.#previous[slot] as number;
    if (next === absent) return false;
    if (previous === none) this.#first = next;
    else this.#next[previous] = next;
    if (next === none) this.#last = previous;
    else this.#previous[next] = previous;
    this.#next[slot] = absent;
    this.#previous[slot] = absent;
    this.#length--;
    return true;
  }
}
