/**
 * Stops asking a system that keeps failing. Closed: attempts are made, and counted over a sliding window; when enough of
 * them failed it opens. Open: none is made. After `openFor` it is half-open: so many probes are made, and closes when all
 * of them end well, or opens again with the first that does not. The states and the sampling are those of cockatiel's
 * circuit breaker; its code returns a promise for each call, which the load path cannot afford.
 */
import type { BreakerState } from '../../result/result-types.ts';
import type { BreakerSettings } from '../../scenarios/scenario.ts';

/** The window slides by this part of its length. */
const buckets = 10;
/** A breaker that flaps for hours must not fill the memory. */
const mostChanges = 1_000;

export interface RecordedBreakerChange {
  /** Monotonic µs. */
  readonly atUs: number;
  readonly state: BreakerState;
}

export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #bucketUs: number;
  readonly #ended = new Int32Array(buckets);
  readonly #failed = new Int32Array(buckets);
  /** Number of the newest bucket, counted from time 0. */
  #newest = 0;
  #state: BreakerState = 'closed';
  #openedUs = 0;
  #probesBegun = 0;
  #probesWell = 0;
  /** Grows with each change: what began before it says nothing about after it. */
  #epoch = 0;
  /** The first thousand. */
  readonly changes: RecordedBreakerChange[] = [];

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
    this.#bucketUs = (settings.windowMs * 1e3) / buckets;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether an attempt may begin now. An open breaker whose time is over becomes half-open. */
  admits(nowUs: number): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'open') {
      if (nowUs < this.#openedUs + this.#settings.openForMs * 1e3) return false;
      this.#become('halfOpen', nowUs);
      this.#probesBegun = 0;
      this.#probesWell = 0;
    }
    return this.#probesBegun < this.#settings.probes;
  }

  /** An admitted attempt begins; returns what `ended` wants to know of it. */
  began(): number {
    if (this.#state === 'halfOpen') this.#probesBegun++;
    return this.#epoch;
  }

  ended(epoch: number, isFailure: boolean, nowUs: number): void {
    if (epoch !== this.#epoch) return;
    if (this.#state === 'halfOpen') {
      if (isFailure) this.#open(nowUs);
      else if (++this.#probesWell === this.#settings.probes) this.#close(nowUs);
    } else if (this.#state === 'closed') {
      this.#count(isFailure, nowUs);
      if (isFailure && this.#hasSeenEnough()) this.#open(nowUs);
    }
  }

  #count(isFailure: boolean, nowUs: number): void {
    const bucket = Math.floor(nowUs / this.#bucketUs);
    for (let number = Math.max(this.#newest + 1, bucket - buckets + 1); number <= bucket; number++) {
      this.#ended[number % buckets] = 0;
      this.#failed[number % buckets] = 0;
    }
    this.#newest = Math.max(this.#newest, bucket);
    const index = this.#newest % buckets;
    this.#ended[index] = (this.#ended[index] as number) + 1;
    if (isFailure) this.#failed[index] = (this.#failed[index] as number) + 1;
  }

  #hasSeenEnough(): boolean {
    let ended = 0;
    let failed = 0;
    for (let index = 0; index < buckets; index++) {
      ended += this.#ended[index] as number;
      failed += this.#failed[index] as number;
    }
    return ended >= this.#settings.minimumOperations && failed >= ended * this.#settings.failureRatio;
  }

  #open(nowUs: number): void {
    this.#become('open', nowUs);
    this.#openedUs = nowUs;
  }

  #close(nowUs: number): void {
    this.#become('closed', nowUs);
    this.#ended.fill(0);
    this.#failed.fill(0);
  }

  #become(state: BreakerState, atUs: number): void {
    this.#state = state;
    this.#epoch++;
    if (this.changes.length < mostChanges) this.changes.push({ atUs, state });
  }
}
