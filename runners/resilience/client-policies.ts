/**
 * What the client decides about operations and attempts, the same for all protocols: plain numbers by slot, so that
 * nothing is allocated for an operation. The load loop asks, and does what it is told.
 */
import type { Resilience } from '../../scenarios/scenario.ts';
import { CircuitBreaker, type RecordedBreakerChange } from './circuit-breaker.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { RetryBudget } from './retry-budget.ts';

export const breakerOpen = 'breaker open';
export const tooManyWaiting = 'concurrency limit';
export const waitedTooLong = 'concurrency limit until the deadline';

export class ClientPolicies {
  readonly #budget: RetryBudget | null;
  readonly #breaker: CircuitBreaker | null;
  readonly #limit: ConcurrencyLimit | null;
  /** By slot: the breaker's epoch in which its attempt began. */
  readonly #epoch: Int32Array;

  constructor({ retry, breaker, limit }: Resilience, slots: number) {
    this.#budget = retry.budget === undefined ? null : new RetryBudget(retry.budget);
    this.#breaker = breaker === undefined ? null : new CircuitBreaker(breaker);
    this.#limit = limit === undefined ? null : new ConcurrencyLimit(limit, slots);
    this.#epoch = new Int32Array(breaker === undefined ? 0 : slots);
  }

  /** Why nothing may be attempted now, nor wait for it; '' when it may. */
  refusal(nowUs: number): string {
    if (!this.admits(nowUs)) return breakerOpen;
    return this.#limit?.isFull ? tooManyWaiting : '';
  }

  /** What the breaker says. */
  admits(nowUs: number): boolean {
    return this.#breaker === null || this.#breaker.admits(nowUs);
  }

  /** An operation is about to make its first attempt. */
  operationBegins(): void {
    this.#budget?.earn();
  }

  /** False: the budget has no retry left. */
  takeRetry(): boolean {
    return this.#budget === null || this.#budget.spend();
  }

  /** False: the slot waits until `nextWaiting` names it or it gives up. */
  takePlace(slot: number): boolean {
    return this.#limit === null || this.#limit.enter(slot);
  }

  /** True when somebody waits for that place. */
  leavePlace(): boolean {
    return this.#limit?.leave() ?? false;
  }

  /** A slot that waited and has a place now; -1: none. */
  nextWaiting(): number {
    return this.#limit?.next() ?? -1;
  }

  giveUpWaiting(slot: number): void {
    this.#limit?.giveUp(slot);
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
