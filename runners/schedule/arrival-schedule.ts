/** Intended starts of an open model: pure, seeded, without a clock, the same for every target. */
import { randomStreams, uniform } from './seeded-random.ts';

export interface ArrivalSpec {
  readonly arrivals: 'constant' | 'poisson';
  readonly ratePerSecond: number;
  /** Warm-up and measured time together: arrivals lie in [0, totalUs). */
  readonly totalUs: number;
  readonly seed: number;
}

export interface ArrivalSchedule {
  /** Microseconds from the start of the load to the intended start of arrival `index` (from 0); null when done. */
  offsetUs(index: number): number | null;
}

export function createArrivalSchedule(spec: ArrivalSpec): ArrivalSchedule {
  return arrivalSchedules[spec.arrivals](spec);
}

const arrivalSchedules = {
  constant: (spec: ArrivalSpec): ArrivalSchedule => ({
    offsetUs(index) {
      const offsetUs = (index * 1e6) / spec.ratePerSecond;
      return offsetUs < spec.totalUs ? offsetUs : null;
    },
  }),
  poisson: (spec: ArrivalSpec): ArrivalSchedule => new PoissonSchedule(spec),
} as const satisfies Record<ArrivalSpec['arrivals'], (spec: ArrivalSpec) => ArrivalSchedule>;

/** Exponential gaps by inversion. Cheapest when asked in rising order; an earlier index starts over. */
class PoissonSchedule implements ArrivalSchedule {
  readonly #spec: ArrivalSpec;
  readonly #meanGapUs: number;
  #index = -1;
  #offsetUs = 0;

  constructor(spec: ArrivalSpec) {
    this.#spec = spec;
    this.#meanGapUs = 1e6 / spec.ratePerSecond;
  }

  offsetUs(index: number): number | null {
    if (index < this.#index) {
      this.#index = -1;
      this.#offsetUs = 0;
    }
    while (this.#index < index && this.#offsetUs < this.#spec.totalUs) {
      this.#index++;
      this.#offsetUs -= Math.log(1 - uniform(this.#spec.seed, randomStreams.arrival, this.#index)) * this.#meanGapUs;
    }
    return this.#index === index && this.#offsetUs < this.#spec.totalUs ? this.#offsetUs : null;
  }
}

/** How many arrivals there are before `totalUs`. */
export function countArrivals(schedule: ArrivalSchedule): number {
  let count = 0;
  while (schedule.offsetUs(count) !== null) count++;
  return count;
}
