/** Slots that wait for a connection, first come first served: a ring without allocation that grows when it must. */
export class SlotQueue {
  #ring: Int32Array;
  #head = 0;
  #length = 0;

  constructor(expected: number) {
    this.#ring = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(16, expected))));
  }

  get length(): number {
    return this.#length;
  }

  push(slot: number): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length++) & (this.#ring.length - 1)] = slot;
  }

  /** -1 when empty. */
  shift(): number {
    if (this.#length === 0) return -1;
    const slot = this.#ring[this.#head] as number;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    return slot;
  }

  #grow(): void {
    const grown = new Int32Array(this.#ring.length * 2);
    for (let n = 0; n < this.#length; n++) grown[n] = this.#ring[(this.#head + n) & (this.#ring.length - 1)] as number;
    this.#ring = grown;
    this.#head = 0;
  }
}
