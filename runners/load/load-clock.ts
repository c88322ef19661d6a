/**
 * Where the load stands in its plan. The plan has room for the longest warm-up; when the warm-up ends earlier (`warmup:
 * auto`), what is left of it is left out, so the measured part is the very same for every target. The main thread
 * announces the end ahead of time through memory shared with all workers and pacers, so nobody learns of it too late.
 */

/** Cells of the shared memory. `stop`: 1 to stop. The others: milliseconds; 0: not yet known. */
const cells = { stop: 0, warmupEndMs: 1, duringEndMs: 2 } as const;

export class LoadSignals {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  constructor(memory = new SharedArrayBuffer(Object.keys(cells).length * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  get stopped(): boolean {
    return Atomics.load(this.#cells, cells.stop) !== 0;
  }

  /** Milliseconds after the start of the load; 0: not yet known. */
  get warmupEndMs(): number {
    return Atomics.load(this.#cells, cells.warmupEndMs);
  }

  stop(): void {
    Atomics.store(this.#cells, cells.stop, 1);
    Atomics.notify(this.#cells, cells.stop);
  }

  endWarmup(atMs: number): void {
    Atomics.store(this.#cells, cells.warmupEndMs, atMs);
  }

  /** From the start of the plan, where the end of `during` is not planned; 0: not yet known. */
  get duringEndMs(): number {
    return Atomics.load(this.#cells, cells.duringEndMs);
  }

  endDuring(atMs: number): void {
    Atomics.store(this.#cells, cells.duringEndMs, Math.min(2 ** 31 - 1, Math.max(1, Math.round(atMs))));
  }

  /** Blocks the thread until then, or until `stop`. */
  sleep(us: number): void {
    Atomics.wait(this.#cells, cells.stop, 0, us / 1e3);
  }
}

export interface PlannedWarmup {
  /** The longest, when `untilSteady`. */
  readonly warmupMs: number;
  readonly untilSteady: boolean;
}

export class LoadClock {
  /** Monotonic µs. */
  readonly startUs: number;
  readonly #plannedUs: number;
  /** null once there is nothing more to learn. */
  #signals: LoadSignals | null;
  #warmupEndUs: number;
  #skippedUs = 0;

  constructor(startUs: number, warmup: PlannedWarmup, signals: LoadSignals) {
    this.startUs = startUs;
    this.#plannedUs = warmup.warmupMs * 1e3;
    this.#warmupEndUs = this.#plannedUs;
    this.#signals = warmup.untilSteady ? signals : null;
  }

  /** Whether the end of the warm-up is known. */
  get isDecided(): boolean {
    if (this.#signals !== null) this.#look(this.#signals);
    return this.#signals === null;
  }

  /** µs after the start at which the warm-up ends, as far as known: at the latest as planned. */
  get warmupEndUs(): number {
    if (this.#signals !== null) this.#look(this.#signals);
    return this.#warmupEndUs;
  }

  /** Where the plan ends its warm-up, µs: offsets count on from there however long it was. */
  get plannedWarmupUs(): number {
    return this.#plannedUs;
  }

  /** How much of the planned warm-up is left out. */
  get skippedUs(): number {
    return this.#plannedUs - this.warmupEndUs;
  }

  /** Monotonic time → µs from the start of the plan. */
  offsetUs(atUs: number): number {
    if (this.#signals !== null) this.#look(this.#signals);
    const sinceStartUs = atUs - this.startUs;
    return sinceStartUs < this.#warmupEndUs ? sinceStartUs : sinceStartUs + this.#skippedUs;
  }

  /** Monotonic time → ms after the end of warm-up, as results count. */
  loadMs(atUs: number): number {
    return (this.offsetUs(atUs) - this.#plannedUs) / 1e3;
  }

  /** µs from the start of the plan → monotonic time, as far as known. */
  timeUs(offsetUs: number): number {
    if (this.#signals !== null) this.#look(this.#signals);
    return this.startUs + (offsetUs < this.#plannedUs ? offsetUs : offsetUs - this.#skippedUs);
  }

  #look(signals: LoadSignals): void {
    const { warmupEndMs } = signals;
    if (warmupEndMs === 0) return;
    this.#warmupEndUs = Math.min(this.#plannedUs, warmupEndMs * 1e3);
    this.#skippedUs = this.#plannedUs - this.#warmupEndUs;
    this.#signals = null;
  }
}
