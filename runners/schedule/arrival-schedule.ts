/** Intended starts of an open model: pure, seeded, without a clock, the same for every target. */
import type { OpenLoad, RateStage } from '../../scenarios/scenario.ts';
import { RateCurve } from './rate-curve.ts';
import { randomStreams, uniform } from './seeded-random.ts';

export interface ArrivalSpec {
  readonly arrivals: OpenLoad['arrivals'];
  /** One after the other, warm-up included: arrivals lie in [0, the sum of their lengths). */
  readonly stages: readonly RateStage[];
  readonly seed: number;
  /** Recorded arrivals, µs from the begin of the last stage, rising; the stages before it are Poisson. */
  readonly recordedUs?: Float64Array | undefined;
}

export interface ArrivalSchedule {
  /** Microseconds from the start of the load to the intended start of arrival `index` (from 0); null when done. */
  offsetUs(index: number): number | null;
}

export function createArrivalSchedule(spec: ArrivalSpec): ArrivalSchedule {
  return arrivalSchedules[spec.arrivals](spec);
}

const arrivalSchedules = {
  /** Where the expected number of arrivals passes 0, 1, 2, …: equal gaps at one rate, ever shorter ones on the way up. */
  constant: ({ stages }: ArrivalSpec): ArrivalSchedule => {
    const curve = new RateCurve(stages);
    return { offsetUs: (index) => curve.offsetUs(index) };
  },
  poisson: (spec: ArrivalSpec): ArrivalSchedule => new PoissonSchedule(spec),
  recorded: ({ stages, seed, recordedUs = new Float64Array() }: ArrivalSpec): ArrivalSchedule => {
    const warmup = stages.slice(0, -1);
    const before = new PoissonSchedule({ arrivals: 'poisson', stages: warmup, seed });
    const count = countArrivals(before);
    const fromUs = warmup.reduce((sum, { forMs }) => sum + forMs, 0) * 1e3;
    return {
      offsetUs(index) {
        if (index < count) return before.offsetUs(index);
        const recorded = recordedUs[index - count];
        return recorded === undefined ? null : fromUs + recorded;
      },
    };
  },
} as const satisfies Record<ArrivalSpec['arrivals'], (spec: ArrivalSpec) => ArrivalSchedule>;

/**
 * Exponential gaps by inversion, at rate one; a change of time by the inverse of the expected number of arrivals makes
 * them a Poisson process of the curve's rate (Çinlar 1975): exact, and no arrival is drawn in vain. Cheapest when asked in
 * rising order; an earlier index starts over.
 */
class PoissonSchedule implements ArrivalSchedule {
  readonly #seed: number;
  readonly #curve: RateCurve;
  #index = -1;
  #expected = 0;

  constructor({ seed, stages }: ArrivalSpec) {
    this.#seed = seed;
    this.#curve = new RateCurve(stages);
  }

  offsetUs(index: number): number | null {
    if (index < this.#index) {
      this.#index = -1;
      this.#expected = 0;
    }
    while (this.#index < index && this.#expected < this.#curve.total) {
      this.#index++;
      this.#expected -= Math.log(1 - uniform(this.#seed, randomStreams.arrival, this.#index));
    }
    return this.#index === index ? this.#curve.offsetUs(this.#expected) : null;
  }
}

/** How many arrivals there are. */
export function countArrivals(schedule: ArrivalSchedule): number {
  let count = 0;
  while (schedule.offsetUs(count) !== null) count++;
  return count;
}
