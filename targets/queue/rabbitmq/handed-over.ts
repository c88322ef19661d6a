/** Without confirms nobody ever says more than that the connection took it: amqplib writes when the loop comes round. */
export class HandedOver {
  readonly #written: (slot: number, generation: number) => void;
  /** Slots and generations by turns, since the event loop came round. */
  #waiting: number[] = [];

  constructor(written: (slot: number, generation: number) => void) {
    this.#written = written;
  }

  add(slot: number, generation: number): void {
    if (this.#waiting.push(slot, generation) > 2) return;
    setImmediate(() => setImmediate(() => this.#tell()));
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let n = 0; n < waiting.length; n += 2) this.#written(waiting[n] as number, waiting[n + 1] as number);
  }
}
