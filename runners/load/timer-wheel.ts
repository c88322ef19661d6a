/**
 * One timer a slot, without an allocation or a runtime timer each: slots hang in doubly linked lists by the tick in
 * which they are due (a hashed timing wheel, after Varghese and Lauck 1987). A timer fires up to one tick late.
 */
const buckets = 1024; // a power of two
const idle = -1;
/** Taken out of its bucket and about to fire, unless an earlier one of the same tick clears it. */
const firing = -2;

export class TimerWheel {
  readonly #tickUs: number;
  readonly #dueUs: Float64Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #bucket: Int32Array;
  readonly #heads = new Int32Array(buckets).fill(-1);
  #tick: number;

  constructor(slots: number, tickUs: number, nowUs: number) {
    this.#tickUs = tickUs;
    this.#dueUs = new Float64Array(slots);
    this.#next = new Int32Array(slots).fill(-1);
    this.#previous = new Int32Array(slots).fill(-1);
    this.#bucket = new Int32Array(slots).fill(idle);
    this.#tick = Math.floor(nowUs / tickUs);
  }

  /** Replaces the slot's timer. */
  set(slot: number, dueUs: number): void {
    this.clear(slot);
    // The bucket behind the due time, never one already passed: otherwise it would wait for the wheel's next turn.
    const tick = Math.max(Math.ceil(dueUs / this.#tickUs), this.#tick + 1);
    const bucket = tick & (buckets - 1);
    const head = this.#heads[bucket] as number;
    this.#dueUs[slot] = dueUs;
    this.#bucket[slot] = bucket;
    this.#next[slot] = head;
    this.#previous[slot] = -1;
    if (head !== -1) this.#previous[head] = slot;
    this.#heads[bucket] = slot;
  }

  clear(slot: number): void {
    const bucket = this.#bucket[slot] as number;
    this.#bucket[slot] = idle;
    if (bucket < 0) return;
    const next = this.#next[slot] as number;
    const previous = this.#previous[slot] as number;
    if (previous === -1) this.#heads[bucket] = next;
    else this.#next[previous] = next;
    if (next !== -1) this.#previous[next] = previous;
  }

  /** Fires what is due. `fire` may set or clear any slot's timer. */
  advance(nowUs: number, fire: (slot: number) => void): void {
    const nowTick = Math.floor(nowUs / this.#tickUs);
    const first = Math.max(this.#tick + 1, nowTick - buckets + 1); // after a long stall each bucket is visited once
    for (let tick = first; tick <= nowTick; tick++) {
      this.#tick = tick;
      const due = this.#takeDue(tick & (buckets - 1), nowUs);
      for (const slot of due) {
        if (this.#bucket[slot] !== firing) continue;
        this.#bucket[slot] = idle;
        fire(slot);
      }
    }
  }

  #takeDue(bucket: number, nowUs: number): number[] {
    const due: number[] = [];
    for (let slot = this.#heads[bucket] as number; slot !== -1; ) {
      const next = this.#next[slot] as number;
      if ((this.#dueUs[slot] as number) <= nowUs) {
        this.clear(slot);
        this.#bucket[slot] = firing;
        due.push(slot);
      }
      slot = next;
    }
    return due;
  }
}
