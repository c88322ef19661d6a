/**
 * Connections that are closed after so many requests, as those of clients without a pool: the attempt that then needs one
 * dials, and waits for it, so that its latency has the handshake in it.
 */
const nobody = -1;

export class ConnectionReuse {
  readonly #most: number;
  /** By connection: requests since it was dialled. */
  readonly #served: number[] = [];
  /** Closed longest first. */
  readonly #closed: number[] = [];
  /** Of each connection that is dialled for one: the slot; `nobody` when that gave up. */
  readonly #callers = new Map<number, number>();

  private constructor(most: number) {
    this.#most = most;
  }

  /** null: without a bound. */
  static of(most: number | undefined): ConnectionReuse | null {
    return most === undefined ? null : new ConnectionReuse(most);
  }

  serves(index: number): void {
    this.#served[index] = (this.#served[index] ?? 0) + 1;
  }

  /** It has had as many requests as it may. */
  isOver(index: number): boolean {
    return (this.#served[index] ?? 0) >= this.#most;
  }

  closed(index: number): void {
    this.#closed.push(index);
  }

  get hasClosed(): boolean {
    return this.#closed.length > 0;
  }

  /** The connection to dial; only when there `hasClosed` one. */
  dialFor(slot: number): number {
    const index = this.#closed.shift() ?? 0;
    this.#callers.set(index, slot);
    return index;
  }

  /** For whom it was dialled; -1: for nobody, or one that gave up. */
  opened(index: number): number {
    this.#served[index] = 0;
    return this.lost(index);
  }

  /** The same of one that could not be opened. */
  lost(index: number): number {
    const slot = this.#callers.get(index) ?? nobody;
    this.#callers.delete(index);
    return slot;
  }

  /** The slot gives up; false when nothing is dialled for it. Who dials is not called back: another will take it. */
  forget(slot: number): boolean {
    for (const [index, caller] of this.#callers) {
      if (caller !== slot) continue;
      this.#callers.set(index, nobody);
      return true;
    }
    return false;
  }
}
