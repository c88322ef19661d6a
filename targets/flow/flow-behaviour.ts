/** How a part of a flow behaves, as it can be changed while it runs: how long it works, how much of it at once, what it refuses. */
import type { DomainSettings } from '../domain/service-domain.ts';
import { WorkPlaces } from '../domain/work-places.ts';
import { workFor } from '../domain/work-time.ts';

export interface BehaviourOptions {
  readonly workTimeMs: number;
  readonly rejectRatio: number;
  readonly concurrency?: number | undefined;
  readonly waiting?: number | undefined;
}

export class FlowBehaviour {
  readonly #places: WorkPlaces | null;
  #settings: Required<DomainSettings>;
  #operations = 0;
  #owed = 0;

  constructor({ workTimeMs, rejectRatio, concurrency, waiting = 0 }: BehaviourOptions) {
    this.#places = concurrency === undefined ? null : new WorkPlaces(concurrency, waiting);
    this.#settings = { workTimeMs, rejectRatio, rejectAction: null, retiredVersion: null };
  }

  get operations(): number {
    return this.#operations;
  }

  adjust(settings: DomainSettings): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** Counts it as taken up. Of each hundred exactly so many are refused as `rejectRatio` says. */
  refuses(action: string): boolean {
    this.#operations++;
    const { rejectRatio, rejectAction } = this.#settings;
    if (rejectAction !== null && rejectAction !== action) return false;
    this.#owed += rejectRatio;
    if (this.#owed < 1) return false;
    this.#owed -= 1;
    return true;
  }

  get isFull(): boolean {
    return this.#places?.isFull ?? false;
  }

  /** Calls `work` when there is a place; `leave` is to be called once, at its end. */
  enter(work: (leave: () => void) => void): void {
    const places = this.#places;
    if (places === null) work(() => undefined);
    else places.enter(() => work(() => places.leave()));
  }

  get workTimeMs(): number {
    return this.#settings.workTimeMs;
  }

  /** Calls `done` after the work time; `workTimeMs`: of an operation that takes another. */
  work(done: () => void, workTimeMs = this.workTimeMs): void {
    if (workTimeMs === 0) done();
    else workFor(workTimeMs, done);
  }
}
