/** One worker's share of the arrivals, in order, on the load's clock: arrivals worker, worker + workers, … */
import { type ArrivalSchedule, type ArrivalSpec, createArrivalSchedule } from '../schedule/arrival-schedule.ts';
import type { LoadClock, PlannedWarmup } from './load-clock.ts';

export class ArrivalCursor {
  readonly #workers: number;
  #schedule: ArrivalSchedule;
  /** The first arrival of the measured part, found beforehand: to count up to it later would be a stall. */
  #measured: { readonly schedule: ArrivalSchedule; readonly index: number } | null = null;
  #index: number;
  #offsetUs: number | null;

  constructor(arrivals: ArrivalSpec, warmup: PlannedWarmup, worker: number, workers: number) {
    this.#workers = workers;
    this.#schedule = createArrivalSchedule(arrivals);
    this.#index = worker;
    this.#offsetUs = this.#schedule.offsetUs(worker);
    if (!warmup.untilSteady) return;
    const schedule = createArrivalSchedule(arrivals);
    let index = worker;
    while ((schedule.offsetUs(index) ?? Number.POSITIVE_INFINITY) < warmup.warmupMs * 1e3) index += workers;
    this.#measured = { schedule, index };
  }

  get index(): number {
    return this.#index;
  }

  /** Monotonic µs of the intended start of arrival `index`; null: there are no more. */
  dueUs(clock: LoadClock): number | null {
    if (this.#measured !== null && (this.#offsetUs ?? Number.POSITIVE_INFINITY) >= clock.warmupEndUs) {
      this.#schedule = this.#measured.schedule;
      this.#index = this.#measured.index;
      this.#offsetUs = this.#schedule.offsetUs(this.#index);
      this.#measured = null;
    }
    return this.#offsetUs === null ? null : clock.timeUs(this.#offsetUs);
  }

  next(): void {
    this.#index += this.#workers;
    this.#offsetUs = this.#schedule.offsetUs(this.#index);
  }
}
