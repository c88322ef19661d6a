/**
 * What the client decides about operations and attempts, the same for all protocols: plain numbers by slot, so that
 * nothing is allocated for an operation. The load loop asks, and does what it is told.
 */
import type { Resilience } from '../../scenarios/scenario.ts';
import { CircuitBreaker, type RecordedBreakerChange } from './circuit-breaker.ts';
import { RetryBudget } from './retry-budget.ts';

export const breakerOpen = 'breaker open';

export class ClientPolicies {
  readonly #budget: RetryBudget | null;
  readonly #breaker: CircuitBreaker | null;
  /** By slot: the breaker's epoch in which its attempt began. */
  readonly #epoch: Int32Array;

  constructor({ retry, breaker }: Resilience, slots: number) {
    this.#budget = retry.budget === undefined ? null : new RetryBudget(retry.budget);
    this.#breaker = breaker === undefined ? null : new CircuitBreaker(breaker);
    this.#epoch = new Int32Array(breaker === undefined ? 0 : slots);
  }

  /** Why no attempt may begin now; '' when it may. */
  refusal(nowUs: number): string {
    return this.#breaker === null || this.#breaker.admits(nowUs) ? '' : breakerOpen;
  }

  /** An operation is about to make its first attempt. */
  operationBegins(): void {
    this.#budget?.earn();
  }

  /** False: the budget has no retry left. */
  takeRetry(): boolean {
    return this.#budget === null || this.#budget.spend();
  }

  attemptBegins(slot: number): void {
    if (this.#breaker !== null) this.#epoch[slot] = this.#breaker.began();
  }

  /** `isFailure`: of the kind that another attempt could mend; an answer that refuses for good is a sign of life. */
  attemptEnds(slot: number, isFailure: boolean, nowUs: number): void {
    this.#breaker?.ended(this.#epoch[slot] as number, isFailure, nowUs);
  }

  get breakerChanges(): readonly RecordedBreakerChange[] {
    return this.#breaker?.changes ?? [];
  }
}
