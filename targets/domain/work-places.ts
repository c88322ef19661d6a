/**
 * A service with so many places to work at: who finds none waits in a line, first come first served, and who finds the
 * line full is turned away. What waits is worked on even if nobody waits for its answer any more, as in most servers:
 * that is what lets retries keep a service busy with work for nobody.
 */
export class WorkPlaces {
  readonly #places: number;
  readonly #longestLine: number;
  #taken = 0;
  #line: (() => void)[] = [];
  /** Where the line begins; what was before has gone. */
  #head = 0;
  #isServing = false;

  constructor(places: number, longestLine: number) {
    this.#places = places;
    this.#longestLine = longestLine;
  }

  get waiting(): number {
    return this.#line.length - this.#head;
  }

  get isFull(): boolean {
    return this.#taken === this.#places && this.waiting >= this.#longestLine;
  }

  /** Calls `work` when there is a place, perhaps at once; call `leave` at the end of that work. */
  enter(work: () => void): void {
    this.#line.push(work);
    this.#serve();
  }

  leave(): void {
    this.#taken--;
    this.#serve();
  }

  /** A loop, since work without any duration leaves from within: a long line must not become a deep stack. */
  #serve(): void {
    if (this.#isServing) return;
    this.#isServing = true;
    while (this.#taken < this.#places && this.#head < this.#line.length) {
      const next = this.#line[this.#head] as () => void;
      this.#head++;
      this.#taken++;
      next();
    }
    this.#isServing = false;
    if (this.#head === this.#line.length || this.#head * 2 > this.#line.length) {
      this.#line = this.#line.slice(this.#head);
      this.#head = 0;
    }
  }
}
