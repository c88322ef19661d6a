/**
 * The heart: starts operations when they are due, bounds and retries them, and records what came of each. One event
 * loop, numbered slots in typed arrays, one timer wheel; the clock and the session are given, so it runs under test
 * without either. It never waits for an answer before starting what is due.
 */

import type { LatencyCountsData } from '../../result/latency-counts.ts';
import {
  type AnswerFrom,
  type Call,
  type CompletionSink,
  type FailureDetail,
  type Outcome,
  outcomes,
  type Session,
} from '../../targets/driver.ts';
import { retryDelayMs } from '../../targets/driver-kit/retry-delay.ts';
import type { FailureSamples } from '../recording/failure-samples.ts';
import type { RecordedBreakerChange } from '../resilience/circuit-breaker.ts';
import { breakerOpen, ClientPolicies, waitedTooLong } from '../resilience/client-policies.ts';
import { randomStreams, uniform } from '../schedule/seeded-random.ts';
import type { LoadClock } from './load-clock.ts';
import type { LoadLoopOptions, LoadProgress } from './load-loop-options.ts';
import { LoopRecords } from './loop-records.ts';
import { OperationSlots, states } from './operation-slots.ts';
import { TimerWheel } from './timer-wheel.ts';
import { emptyCall } from './worker-share.ts';

const tickUs = 4_000;
/**
 * A drop is the generator's own doing when it took up the arrival this late, and places were still free when it was due:
 * arrivals piled up while it did not look. Else the system holds all the others, and would have held them then, too.
 */
const lateUs = 10_000;
/** Nothing of the last attempt was handed to a connection: our own waits, before connecting anew or for a free one, took its time. */
export const notSent = 'notSent';
/** Sent, but only after our own waits had taken most of the time that it had. */
export const sentLate = 'sentLate';
export const droppedLate = 'maxInFlight reached, the generator being late';

export class LoadLoop implements CompletionSink {
  readonly #options: LoadLoopOptions;
  readonly #deadlineUs: number;
  /** By operation. */
  readonly #timeoutsUs: readonly number[];
  readonly #policies: ClientPolicies;
  readonly #wheel: TimerWheel;
  readonly #fire = (slot: number): void => this.#onTimer(slot);
  #handingOver = false;
  readonly #handOver = (): void => {
    this.#handingOver = false;
    const nowUs = this.#options.nowUs();
    for (let slot = this.#policies.nextWaiting(); slot >= 0; slot = this.#policies.nextWaiting()) {
      if (this.#policies.admits(nowUs)) this.#begin(slot, nowUs);
      else {
        this.#policies.leavePlace();
        this.#endUnattempted(slot, breakerOpen, nowUs);
      }
    }
  };
  /** Of operations that never have a slot, one after the other. */
  readonly #refused = emptyCall();
  #session: Session | null = null;
  readonly #slots: OperationSlots;
  readonly #records: LoopRecords;

  constructor(options: LoadLoopOptions) {
    const { slots } = options;
    this.#options = options;
    this.#deadlineUs = options.resilience.deadlineMs * 1e3;
    this.#timeoutsUs = Array.from(
      { length: options.operations },
      (_, operation) => (options.timeoutsMs?.[operation] ?? options.resilience.timeoutMs) * 1e3,
    );
    this.#policies = new ClientPolicies(options.resilience, slots);
    this.#wheel = new TimerWheel(slots, tickUs, options.nowUs());
    this.#slots = new OperationSlots(slots);
    this.#records = new LoopRecords(options, this.#slots);
  }

  begin(session: Session, clock: LoadClock): void {
    this.#session = session;
    this.#records.begin(session, clock);
  }

  get inFlight(): number {
    return this.#slots.taken + (this.#options.fallback?.inFlight ?? 0);
  }

  /**
   * Takes up arrival `index`, due at `intendedUs`. At `maxInFlight` it is counted as dropped: the schedule never slows
   * down. What the client's policies refuse is rejected. Returns the slot, or -1 when there is none.
   */
  start(index: number, intendedUs: number, nowUs: number): number {
    const { source } = this.#options;
    const operation = source.operation(index);
    const phase = this.#records.offered(operation, intendedUs, nowUs);
    if (this.#slots.isFull) {
      const reason = this.#isOwnFault(intendedUs, nowUs) ? droppedLate : 'maxInFlight reached';
      this.#records.dropped(phase, operation, reason, intendedUs, nowUs);
      return -1;
    }
    const refusal = this.#policies.refusal(nowUs);
    if (refusal !== '') {
      this.#records.refused(phase, operation, refusal, intendedUs, nowUs);
      this.#answerRefused(index, operation, phase, intendedUs, nowUs);
      this.#options.onRefused?.(nowUs);
      return -1;
    }
    const slot = this.#slots.take(phase, intendedUs, nowUs);
    const call = this.#options.calls[slot] as Call;
    this.#fill(call, index, operation, intendedUs);
    this.#slots.sequence[slot] = call.sequence;
    this.#policies.operationBegins();
    this.#attempt(slot, nowUs);
    return slot;
  }

  /** Its values, and its place in the log. */
  #fill(call: Call, index: number, operation: number, intendedUs: number): void {
    const { source, log } = this.#options;
    const key = source.fill(call, index, operation);
    call.sequence = log.append(intendedUs, operation, key, call.payload);
    call.id = source.id(call.sequence);
    call.attempt = 0;
  }

  /** It never had a slot, and may have an answer all the same; one that is asked for elsewhere has an id that the log knows. */
  #answerRefused(index: number, operation: number, phase: number, intendedUs: number, nowUs: number): void {
    const { fallback, recorder } = this.#options;
    if (fallback === undefined || fallback === null) return;
    this.#fill(this.#refused, index, operation, intendedUs);
    fallback.answer(this.#refused, recorder.cell(phase, operation), intendedUs, nowUs);
  }

  #isOwnFault(intendedUs: number, nowUs: number): boolean {
    return nowUs - intendedUs > lateUs && intendedUs < this.#slots.fullSinceUs;
  }

  /** At once, or when the concurrency limit has a place for it. */
  #attempt(slot: number, nowUs: number): void {
    if (this.#policies.takePlace(slot)) {
      this.#begin(slot, nowUs);
      return;
    }
    this.#slots.state[slot] = states.waiting;
    this.#wheel.set(slot, (this.#slots.intendedUs[slot] as number) + this.#deadlineUs);
  }

  #begin(slot: number, nowUs: number): void {
    const call = this.#options.calls[slot] as Call;
    call.attempt++;
    this.#slots.state[slot] = states.attempting;
    this.#slots.retryAfterMs[slot] = 0;
    this.#slots.toldWhen[slot] = 0;
    this.#slots.begunUs[slot] = nowUs;
    this.#slots.sentUs[slot] = nowUs; // until the session says when the first byte really left
    this.#slots.isSent[slot] = 0;
    this.#wheel.set(
      slot,
      Math.min(
        nowUs + (this.#timeoutsUs[call.operation] as number),
        (this.#slots.intendedUs[slot] as number) + this.#deadlineUs,
      ),
    );
    this.#policies.attemptBegins(slot);
    (this.#session as Session).start(slot);
  }

  sent(slot: number): void {
    if (this.#slots.isSent[slot] === 0) this.#records.sent(slot, this.#options.nowUs());
  }

  resent(slot: number): void {
    this.#records.resent(slot, this.#options.nowUs());
  }

  unsent(slot: number): void {
    if (this.#slots.isSent[slot] === 1) this.#records.unsent(slot);
  }

  acknowledged(slot: number): void {
    this.#records.acknowledged(slot, this.#options.nowUs());
  }

  shown(slot: number, version: number, from: AnswerFrom): void {
    this.#options.shown?.shown(this.#slots.sequence[slot] as number, version, from);
  }

  deprecated(slot: number, since: string, sunset: string | null): void {
    this.#records.deprecated(slot, since, sunset);
  }

  retryAfter(slot: number, ms: number): void {
    this.#slots.toldWhen[slot] = 1;
    if (this.#options.resilience.retry.retryAfter !== 'ignore') this.#slots.retryAfterMs[slot] = ms;
  }

  completed(
    slot: number,
    outcome: Outcome,
    reason: string,
    retryable: boolean,
    tell?: () => FailureDetail | null,
  ): void {
    if (this.#slots.state[slot] !== states.attempting) return; // a driver's slip must not count twice
    const nowUs = this.#options.nowUs();
    if (outcome === outcomes.rejected) this.#options.log.refused(this.#slots.sequence[slot] as number);
    const mayBetter = outcome !== outcomes.ok && retryable;
    const why = outcome === outcomes.failed && retryable && this.#slots.isSent[slot] === 0 ? notSent : reason;
    if (outcome !== outcomes.ok) this.#records.sample(slot, outcome, why, nowUs, tell);
    this.#leave(slot, mayBetter, nowUs);
    if (mayBetter && this.#retry(slot, outcome, why, nowUs)) return;
    this.#end(slot, outcome, why, nowUs);
  }

  /** Those who wait for the place begin a little later: a session is never asked for more within its own callback. */
  #leave(slot: number, isFailure: boolean, nowUs: number): void {
    this.#policies.attemptEnds(slot, isFailure, nowUs);
    if (!this.#policies.leavePlace() || this.#handingOver) return;
    this.#handingOver = true;
    queueMicrotask(this.#handOver);
  }

  /** True when another attempt was scheduled: there is one left, its wait ends before the deadline, the budget has it. */
  #retry(slot: number, outcome: Outcome, reason: string, nowUs: number): boolean {
    const call = this.#options.calls[slot] as Call;
    const { retry } = this.#options.resilience;
    if (call.attempt >= retry.attempts) return false;
    const draw = uniform(this.#options.seed ^ call.attempt, randomStreams.jitter, this.#slots.sequence[slot] as number);
    const delayMs = retryDelayMs(retry, call.attempt, draw, this.#slots.delayMs[slot] as number);
    // Told when to come back, all would come at that moment: the back-off spreads them from then on.
    const dueUs = nowUs + (delayMs + (this.#slots.retryAfterMs[slot] as number)) * 1e3;
    if (dueUs >= (this.#slots.intendedUs[slot] as number) + this.#deadlineUs) return false;
    if (!this.#policies.takeRetry()) {
      this.#records.cell(slot).policies.retriesDenied++;
      return false;
    }
    this.#slots.delayMs[slot] = delayMs;
    this.#slots.outcome[slot] = outcome;
    this.#slots.reason[slot] = reason;
    this.#slots.state[slot] = states.backingOff;
    this.#wheel.set(slot, dueUs);
    return true;
  }

  /** A retry that the policies do not let begin is none: the operation ends as its last attempt did. */
  #attemptAgain(slot: number, nowUs: number): void {
    if (this.#policies.refusal(nowUs) === '') this.#attempt(slot, nowUs);
    else this.#endUnattempted(slot, '', nowUs);
  }

  /** `reason`: why the next attempt was not made, which is told where it would have been the first. */
  #endUnattempted(slot: number, reason: string, nowUs: number): void {
    const { outcome, reason: reasons } = this.#slots;
    if ((this.#options.calls[slot] as Call).attempt > 0) {
      this.#end(slot, outcome[slot] as Outcome, reasons[slot] as string, nowUs);
      return;
    }
    this.#records.cell(slot).policies.refused++;
    this.#end(slot, outcomes.rejected, reason, nowUs);
  }

  #onTimer(slot: number): void {
    const nowUs = this.#options.nowUs();
    if (this.#slots.state[slot] === states.backingOff) {
      this.#attemptAgain(slot, nowUs);
      return;
    }
    if (this.#slots.state[slot] === states.waiting) {
      this.#policies.giveUpWaiting(slot);
      this.#slots.outcome[slot] = outcomes.timedOut;
      this.#slots.reason[slot] = 'deadline';
      this.#endUnattempted(slot, waitedTooLong, nowUs);
      return;
    }
    (this.#session as Session).abort(slot);
    this.#leave(slot, true, nowUs);
    const beyondDeadline = nowUs >= (this.#slots.intendedUs[slot] as number) + this.#deadlineUs;
    const reason = this.#lateReason(slot, beyondDeadline, nowUs);
    this.#records.sample(slot, outcomes.timedOut, reason, nowUs);
    if (!beyondDeadline && this.#retry(slot, outcomes.timedOut, reason, nowUs)) return;
    this.#end(slot, outcomes.timedOut, reason, nowUs);
  }

  /** Whose time it was that ran out: the system's, or that of our own waits for a connection. */
  #lateReason(slot: number, beyondDeadline: boolean, nowUs: number): string {
    const { isSent, sentUs, begunUs } = this.#slots;
    if (isSent[slot] === 0) return notSent;
    const waitedUs = (sentUs[slot] as number) - (begunUs[slot] as number);
    if (waitedUs > nowUs - (sentUs[slot] as number)) return sentLate;
    return beyondDeadline ? 'deadline' : 'timeout';
  }

  #end(slot: number, outcome: Outcome, reason: string, nowUs: number): void {
    this.#records.ended(slot, outcome, reason, nowUs);
    this.#wheel.clear(slot);
    this.#slots.give(slot);
    this.#options.onFree?.(slot, nowUs);
  }

  /** Time-outs, deadlines and waits between attempts; call it every few milliseconds. */
  tick(nowUs: number): void {
    this.#wheel.advance(nowUs, this.#fire);
    this.#options.fallback?.tick(nowUs);
  }

  /** Ends whatever is still in flight as timed out, e.g. when the run is interrupted. */
  abandon(): void {
    const nowUs = this.#options.nowUs();
    for (let slot = 0; slot < this.#options.slots; slot++) {
      if (this.#slots.state[slot] === states.idle) continue;
      if (this.#slots.state[slot] === states.attempting) this.#session?.abort(slot);
      if (this.#slots.state[slot] === states.waiting) this.#policies.giveUpWaiting(slot);
      this.#end(slot, outcomes.timedOut, 'run ended', nowUs);
    }
    this.#options.fallback?.abandon();
  }

  /** Response times of what was ok since the last call of `progress`. */
  recent(): LatencyCountsData {
    return this.#records.recent();
  }

  /** Of attempts, whether they were tried again or not. */
  get failures(): FailureSamples {
    return this.#records.failures;
  }

  get breakerChanges(): readonly RecordedBreakerChange[] {
    return this.#policies.breakerChanges;
  }

  /** Since the last call. */
  progress(): LoadProgress {
    return this.#records.progress();
  }
}
