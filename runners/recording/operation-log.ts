/**
 * One line an operation of a worker, by dense sequence, in typed arrays: what the ledger is reconciled from.
 * 22 bytes each, so a million operations take 22 MB; a log that nobody reconciles keeps none and only gives sequences.
 */
const initialCapacity = 1 << 12;

export interface OperationLogData {
  readonly producer: number;
  readonly length: number;
  /** Monotonic µs. */
  readonly intendedUs: Float64Array;
  /** µs after the intended start of the first attempt's first byte; NaN: never sent. */
  readonly sentAfterUs: Float32Array;
  /** µs after the intended start; NaN: never acknowledged. */
  readonly acknowledgedAfterUs: Float32Array;
  readonly key: Uint32Array;
  readonly operation: Uint8Array;
  readonly payload: Uint8Array;
}

export class OperationLog {
  readonly #producer: number;
  readonly #isKept: boolean;
  #length = 0;
  #intendedUs: Float64Array;
  #sentAfterUs: Float32Array;
  #acknowledgedAfterUs: Float32Array;
  #key: Uint32Array;
  #operation: Uint8Array;
  #payload: Uint8Array;

  constructor(producer: number, isKept: boolean) {
    const capacity = isKept ? initialCapacity : 0;
    this.#producer = producer;
    this.#isKept = isKept;
    this.#intendedUs = new Float64Array(capacity);
    this.#sentAfterUs = new Float32Array(capacity);
    this.#acknowledgedAfterUs = new Float32Array(capacity);
    this.#key = new Uint32Array(capacity);
    this.#operation = new Uint8Array(capacity);
    this.#payload = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Returns the sequence. */
  append(intendedUs: number, operation: number, key: number, payload: number): number {
    const sequence = this.#length++;
    if (!this.#isKept) return sequence;
    if (sequence >= this.#intendedUs.length) this.#grow();
    this.#intendedUs[sequence] = intendedUs;
    this.#sentAfterUs[sequence] = Number.NaN;
    this.#acknowledgedAfterUs[sequence] = Number.NaN;
    this.#key[sequence] = key;
    this.#operation[sequence] = operation;
    this.#payload[sequence] = payload;
    return sequence;
  }

  /** Keeps the first. */
  sent(sequence: number, nowUs: number): void {
    if (this.#isKept && Number.isNaN(this.#sentAfterUs[sequence])) {
      this.#sentAfterUs[sequence] = nowUs - (this.#intendedUs[sequence] as number);
    }
  }

  acknowledged(sequence: number, nowUs: number): void {
    if (this.#isKept && Number.isNaN(this.#acknowledgedAfterUs[sequence])) {
      this.#acknowledgedAfterUs[sequence] = nowUs - (this.#intendedUs[sequence] as number);
    }
  }

  /** Whoever took it has said no in the end: the acknowledgement of a broker on the way promises nothing any more. */
  refused(sequence: number): void {
    if (this.#isKept) this.#acknowledgedAfterUs[sequence] = Number.NaN;
  }

  /** 0 when nothing is kept. */
  countAcknowledged(): number {
    if (!this.#isKept) return 0;
    let count = 0;
    for (let sequence = 0; sequence < this.#length; sequence++) {
      if (!Number.isNaN(this.#acknowledgedAfterUs[sequence])) count++;
    }
    return count;
  }

  toData(): OperationLogData {
    const length = this.#isKept ? this.#length : 0;
    return {
      producer: this.#producer,
      length,
      intendedUs: this.#intendedUs.slice(0, length),
      sentAfterUs: this.#sentAfterUs.slice(0, length),
      acknowledgedAfterUs: this.#acknowledgedAfterUs.slice(0, length),
      key: this.#key.slice(0, length),
      operation: this.#operation.slice(0, length),
      payload: this.#payload.slice(0, length),
    };
  }

  #grow(): void {
    const capacity = this.#intendedUs.length * 2;
    const grow = <T extends Float64Array | Float32Array | Uint32Array | Uint8Array>(from: T, into: T): T => {
      into.set(from);
      return into;
    };
    this.#intendedUs = grow(this.#intendedUs, new Float64Array(capacity));
    this.#sentAfterUs = grow(this.#sentAfterUs, new Float32Array(capacity));
    this.#acknowledgedAfterUs = grow(this.#acknowledgedAfterUs, new Float32Array(capacity));
    this.#key = grow(this.#key, new Uint32Array(capacity));
    this.#operation = grow(this.#operation, new Uint8Array(capacity));
    this.#payload = grow(this.#payload, new Uint8Array(capacity));
  }
}
