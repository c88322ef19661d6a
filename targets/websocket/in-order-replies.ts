/** Who waits for the next answer of a connection whose answers carry no id. One that gave up keeps its place in the row. */

export const nobody = -1;
export const gaveUp = -2;

export class InOrderReplies {
  #ring = new Int32Array(64);
  #head = 0;
  #tail = 0;

  /** Returns the place in the row, for `giveUp`. */
  push(slot: number): number {
    if (this.#tail - this.#head === this.#ring.length) this.#grow();
    this.#ring[this.#tail & (this.#ring.length - 1)] = slot;
    return this.#tail++;
  }

  /** Its answer will still come and must not be taken for the next one's. */
  giveUp(place: number): void {
    if (place >= this.#head && place < this.#tail) this.#ring[place & (this.#ring.length - 1)] = gaveUp;
  }

  /** The slot that the next answer belongs to, `gaveUp`, or `nobody`. */
  shift(): number {
    if (this.#head === this.#tail) return nobody;
    return this.#ring[this.#head++ & (this.#ring.length - 1)] as number;
  }

  #grow(): void {
    const grown = new Int32Array(this.#ring.length * 2);
    for (let place = this.#head; place < this.#tail; place++) {
      grown[place & (grown.length - 1)] = this.#ring[place & (this.#ring.length - 1)] as number;
    }
    this.#ring = grown;
  }
}
