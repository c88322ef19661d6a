/** Which arrivals take a canary along: about so many a second, whatever the rate, drawn so that no rhythm is met. */
import { randomStreams, uniform } from '../schedule/seeded-random.ts';

export interface CanaryStrideOptions {
  readonly perSecond: number;
  /** What the rate is taken for until a second has been seen. */
  readonly firstRatePerSecond: number;
  readonly seed: number;
}

/**
 * Every so-many-th arrival, the gap uniform around its mean. Not the first arrival after a time: that one comes after a
 * longer pause than others do, and the lag of those behind it in a burst would not be seen.
 */
export class CanaryStride {
  readonly #perSecond: number;
  readonly #seed: number;
  #meanGap: number;
  #toGo = 0;
  #draws = 0;
  #secondFromUs = Number.NEGATIVE_INFINITY;
  #inSecond = 0;

  constructor({ perSecond, firstRatePerSecond, seed }: CanaryStrideOptions) {
    this.#perSecond = perSecond;
    this.#seed = seed;
    this.#meanGap = Math.max(1, firstRatePerSecond / perSecond);
    this.#toGo = this.#nextGap();
  }

  /** Asked once for each arrival, in the order in which they are due. */
  takes(dueUs: number): boolean {
    this.#count(dueUs);
    this.#toGo--;
    if (this.#toGo > 0) return false;
    this.#toGo = this.#nextGap();
    return true;
  }

  #count(dueUs: number): void {
    this.#inSecond++;
    if (dueUs - this.#secondFromUs < 1e6) return;
    if (Number.isFinite(this.#secondFromUs)) {
      const ratePerSecond = (this.#inSecond * 1e6) / (dueUs - this.#secondFromUs);
      this.#meanGap = Math.max(1, ratePerSecond / this.#perSecond);
      this.#toGo = Math.min(this.#toGo, Math.ceil(2 * this.#meanGap));
    }
    this.#secondFromUs = dueUs;
    this.#inSecond = 0;
  }

  /** 1 … 2 × the mean − 1. */
  #nextGap(): number {
    const draw = uniform(this.#seed, randomStreams.canary, this.#draws++);
    return Math.max(1, Math.round(1 + draw * 2 * (this.#meanGap - 1)));
  }
}
