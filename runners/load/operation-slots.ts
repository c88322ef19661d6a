/** The operations in flight, by slot: plain arrays, so that none of them costs an object. */

export const states = { idle: 0, attempting: 1, backingOff: 2, waiting: 3 } as const;

export class OperationSlots {
  readonly #free: Int32Array;
  #freeCount: number;
  /** When the last free place was taken. */
  fullSinceUs = 0;
  readonly state: Uint8Array;
  readonly phase: Uint8Array;
  readonly intendedUs: Float64Array;
  readonly takenUpUs: Float64Array;
  /** Of the last attempt: when it was begun, and when its first byte left. */
  readonly begunUs: Float64Array;
  readonly sentUs: Float64Array;
  /** Of the last attempt: it was handed to a connection. */
  readonly isSent: Uint8Array;
  /** Attempts of the operation that were handed to a connection. */
  readonly attemptsSent: Uint16Array;
  readonly everSent: Uint8Array;
  readonly everAcknowledged: Uint8Array;
  /** When; of an operation that was. */
  readonly acknowledgedUs: Float64Array;
  readonly sequence: Uint32Array;
  /** What the peer asked for in the last attempt; 0: nothing. */
  readonly retryAfterMs: Float64Array;
  /** The last attempt was told when to come back. */
  readonly toldWhen: Uint8Array;
  /** The last wait between attempts, without what the peer asked for. */
  readonly delayMs: Float32Array;
  /** How the last attempt ended, while the next one is waited for. */
  readonly outcome: Uint8Array;
  readonly reason: string[];

  constructor(slots: number) {
    this.#free = Int32Array.from({ length: slots }, (_, slot) => slots - 1 - slot);
    this.#freeCount = slots;
    this.state = new Uint8Array(slots);
    this.phase = new Uint8Array(slots);
    this.intendedUs = new Float64Array(slots);
    this.takenUpUs = new Float64Array(slots);
    this.begunUs = new Float64Array(slots);
    this.sentUs = new Float64Array(slots);
    this.isSent = new Uint8Array(slots);
    this.attemptsSent = new Uint16Array(slots);
    this.everSent = new Uint8Array(slots);
    this.everAcknowledged = new Uint8Array(slots);
    this.acknowledgedUs = new Float64Array(slots);
    this.sequence = new Uint32Array(slots);
    this.retryAfterMs = new Float64Array(slots);
    this.toldWhen = new Uint8Array(slots);
    this.delayMs = new Float32Array(slots);
    this.outcome = new Uint8Array(slots);
    this.reason = new Array<string>(slots).fill('');
  }

  get isFull(): boolean {
    return this.#freeCount === 0;
  }

  get taken(): number {
    return this.#free.length - this.#freeCount;
  }

  /** A free slot, which there must be, for an operation taken up now. */
  take(phase: number, intendedUs: number, nowUs: number): number {
    const slot = this.#free[--this.#freeCount] as number;
    if (this.#freeCount === 0) this.fullSinceUs = nowUs;
    this.phase[slot] = phase;
    this.intendedUs[slot] = intendedUs;
    this.takenUpUs[slot] = nowUs;
    this.attemptsSent[slot] = 0;
    this.everSent[slot] = 0;
    this.everAcknowledged[slot] = 0;
    this.delayMs[slot] = 0;
    return slot;
  }

  give(slot: number): void {
    this.state[slot] = states.idle;
    this.#free[this.#freeCount++] = slot;
  }
}
