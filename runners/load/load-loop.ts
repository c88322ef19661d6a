/**
 * The heart: starts operations when they are due, bounds and retries them, and records what came of each. One event
 * loop, numbered slots in typed arrays, one timer wheel; the clock and the session are given, so it runs under test
 * without either. It never waits for an answer before starting what is due.
 */
import { LatencyCounts, type LatencyCountsData } from '../../result/latency-counts.ts';
import { type Call, type CompletionSink, type Outcome, outcomes, type Session } from '../../targets/driver.ts';
import type { RecordedCell } from '../recording/recorder.ts';
import type { RecordedBreakerChange } from '../resilience/circuit-breaker.ts';
import { ClientPolicies } from '../resilience/client-policies.ts';
import { retryDelayMs } from '../resilience/retry-delay.ts';
import { randomStreams, uniform } from '../schedule/seeded-random.ts';
import type { LoadClock } from './load-clock.ts';
import type { LoadLoopOptions, LoadProgress } from './load-loop-options.ts';
import { TimerWheel } from './timer-wheel.ts';

const tickUs = 4_000;
/**
 * A drop is the generator's own doing when it took up the arrival this late, and places were still free when it was due:
 * arrivals piled up while it did not look. Else the system holds all the others, and would have held them then, too.
 */
const lateUs = 10_000;
export const droppedLate = 'maxInFlight reached, the generator being late';
const states = { idle: 0, attempting: 1, backingOff: 2 } as const;

export class LoadLoop implements CompletionSink {
  readonly #options: LoadLoopOptions;
  readonly #deadlineUs: number;
  readonly #timeoutUs: number;
  readonly #policies: ClientPolicies;
  readonly #wheel: TimerWheel;
  readonly #fire = (slot: number): void => this.#onTimer(slot);
  #session: Session | null = null;
  /** By operation: our own consumer sees the delivery. */
  #endsAtDelivery: readonly boolean[] = [];
  #clock: LoadClock | null = null;

  readonly #free: Int32Array;
  #freeCount: number;
  /** When the last free place was taken. */
  #fullSinceUs = 0;
  readonly #state: Uint8Array;
  readonly #phase: Uint8Array;
  readonly #intendedUs: Float64Array;
  readonly #takenUpUs: Float64Array;
  readonly #sentUs: Float64Array;
  readonly #everSent: Uint8Array;
  readonly #everAcknowledged: Uint8Array;
  readonly #sequence: Uint32Array;
  readonly #delayMs: Float32Array;
  /** How the last attempt ended, while the next one is waited for. */
  readonly #outcome: Uint8Array;
  readonly #reason: string[];

  #offered = 0;
  #notOk = 0;
  readonly #recent = new LatencyCounts();

  constructor(options: LoadLoopOptions) {
    const { slots } = options;
    this.#options = options;
    this.#deadlineUs = options.resilience.deadlineMs * 1e3;
    this.#timeoutUs = options.resilience.timeoutMs * 1e3;
    this.#policies = new ClientPolicies(options.resilience, slots);
    this.#wheel = new TimerWheel(slots, tickUs, options.nowUs());
    this.#free = Int32Array.from({ length: slots }, (_, slot) => slots - 1 - slot);
    this.#freeCount = slots;
    this.#state = new Uint8Array(slots);
    this.#phase = new Uint8Array(slots);
    this.#intendedUs = new Float64Array(slots);
    this.#takenUpUs = new Float64Array(slots);
    this.#sentUs = new Float64Array(slots);
    this.#everSent = new Uint8Array(slots);
    this.#everAcknowledged = new Uint8Array(slots);
    this.#sequence = new Uint32Array(slots);
    this.#delayMs = new Float32Array(slots);
    this.#outcome = new Uint8Array(slots);
    this.#reason = new Array<string>(slots).fill('');
  }

  begin(session: Session, clock: LoadClock): void {
    this.#session = session;
    this.#clock = clock;
    this.#endsAtDelivery = this.#options.patterns.map((_, operation) => session.completion(operation) === 'delivered');
  }

  get inFlight(): number {
    return this.#options.slots - this.#freeCount;
  }

  /**
   * Takes up arrival `index`, due at `intendedUs`. At `maxInFlight` it is counted as dropped: the schedule never slows
   * down. What the client's policies refuse is rejected. Returns the slot, or -1 when there is none.
   */
  start(index: number, intendedUs: number, nowUs: number): number {
    const { recorder, source, phases } = this.#options;
    const operation = source.operation(index);
    const offsetUs = this.#offsetUs(intendedUs);
    const phase = phases.at(offsetUs);
    const cell = recorder.cell(phase, operation);
    cell.counts.offered++;
    this.#offered++;
    cell.latency('sendLag').record(nowUs - intendedUs);
    if (this.#freeCount === 0) {
      this.#notOk++;
      cell.end(outcomes.dropped, this.#isOwnFault(intendedUs, nowUs) ? droppedLate : 'maxInFlight reached');
      this.#options.timeline.record(offsetUs, outcomes.dropped, 0);
      return -1;
    }
    const refusal = this.#policies.refusal(nowUs);
    if (refusal !== '') {
      this.#refuse(cell, refusal, intendedUs, nowUs);
      return -1;
    }
    const slot = this.#free[--this.#freeCount] as number;
    if (this.#freeCount === 0) this.#fullSinceUs = nowUs;
    this.#phase[slot] = phase;
    this.#intendedUs[slot] = intendedUs;
    this.#takenUpUs[slot] = nowUs;
    this.#everSent[slot] = 0;
    this.#everAcknowledged[slot] = 0;
    this.#delayMs[slot] = 0;
    const call = this.#options.calls[slot] as Call;
    const key = source.fill(call, index, operation);
    call.sequence = this.#options.log.append(intendedUs, operation, key, call.payload);
    call.id = source.id(call.sequence);
    this.#sequence[slot] = call.sequence;
    call.attempt = 0;
    this.#policies.operationBegins();
    this.#attempt(slot, nowUs);
    return slot;
  }

  #refuse(cell: RecordedCell, reason: string, intendedUs: number, nowUs: number): void {
    this.#notOk++;
    cell.policies.refused++;
    cell.end(outcomes.rejected, reason);
    cell.latency('failed').record(nowUs - intendedUs);
    this.#options.timeline.record(this.#offsetUs(intendedUs), outcomes.rejected, nowUs - intendedUs);
    this.#options.onRefused?.(nowUs);
  }

  #isOwnFault(intendedUs: number, nowUs: number): boolean {
    return nowUs - intendedUs > lateUs && intendedUs < this.#fullSinceUs;
  }

  #attempt(slot: number, nowUs: number): void {
    const call = this.#options.calls[slot] as Call;
    call.attempt++;
    this.#state[slot] = states.attempting;
    this.#sentUs[slot] = nowUs; // until the session says when the first byte really left
    this.#options.recorder.cell(this.#phase[slot] as number, call.operation).counts.attempts++;
    this.#wheel.set(slot, Math.min(nowUs + this.#timeoutUs, (this.#intendedUs[slot] as number) + this.#deadlineUs));
    this.#policies.attemptBegins(slot);
    (this.#session as Session).start(slot);
  }

  sent(slot: number): void {
    const nowUs = this.#options.nowUs();
    this.#sentUs[slot] = nowUs;
    if (this.#everSent[slot] === 1) return;
    this.#everSent[slot] = 1;
    this.#cell(slot)
      .latency('connectionWait')
      .record(nowUs - (this.#takenUpUs[slot] as number));
    this.#options.log.sent(this.#sequence[slot] as number, nowUs);
  }

  acknowledged(slot: number): void {
    const nowUs = this.#options.nowUs();
    this.#cell(slot)
      .latency('acknowledged')
      .record(nowUs - (this.#intendedUs[slot] as number));
    this.#everAcknowledged[slot] = 1;
    this.#options.log.acknowledged(this.#sequence[slot] as number, nowUs);
  }

  completed(slot: number, outcome: Outcome, reason: string, retryable: boolean): void {
    if (this.#state[slot] !== states.attempting) return; // a driver's slip must not count twice
    const nowUs = this.#options.nowUs();
    const mayBetter = outcome !== outcomes.ok && retryable;
    this.#policies.attemptEnds(slot, mayBetter, nowUs);
    if (mayBetter && this.#retry(slot, outcome, reason, nowUs)) return;
    this.#end(slot, outcome, reason, nowUs);
  }

  /** True when another attempt was scheduled: there is one left, its wait ends before the deadline, the budget has it. */
  #retry(slot: number, outcome: Outcome, reason: string, nowUs: number): boolean {
    const call = this.#options.calls[slot] as Call;
    const { retry } = this.#options.resilience;
    if (call.attempt >= retry.attempts) return false;
    const draw = uniform(this.#options.seed ^ call.attempt, randomStreams.jitter, this.#sequence[slot] as number);
    const delayMs = retryDelayMs(retry, call.attempt, draw, this.#delayMs[slot] as number);
    const dueUs = nowUs + delayMs * 1e3;
    if (dueUs >= (this.#intendedUs[slot] as number) + this.#deadlineUs) return false;
    if (!this.#policies.takeRetry()) {
      this.#cell(slot).policies.retriesDenied++;
      return false;
    }
    this.#delayMs[slot] = delayMs;
    this.#outcome[slot] = outcome;
    this.#reason[slot] = reason;
    this.#state[slot] = states.backingOff;
    this.#wheel.set(slot, dueUs);
    return true;
  }

  /** A retry that the policies do not let begin is none: the operation ends as its last attempt did. */
  #attemptAgain(slot: number, nowUs: number): void {
    if (this.#policies.refusal(nowUs) === '') this.#attempt(slot, nowUs);
    else this.#end(slot, this.#outcome[slot] as Outcome, this.#reason[slot] as string, nowUs);
  }

  #onTimer(slot: number): void {
    const nowUs = this.#options.nowUs();
    if (this.#state[slot] === states.backingOff) {
      this.#attemptAgain(slot, nowUs);
      return;
    }
    (this.#session as Session).abort(slot);
    this.#policies.attemptEnds(slot, true, nowUs);
    const beyondDeadline = nowUs >= (this.#intendedUs[slot] as number) + this.#deadlineUs;
    if (!beyondDeadline && this.#retry(slot, outcomes.timedOut, 'timeout', nowUs)) return;
    this.#end(slot, outcomes.timedOut, beyondDeadline ? 'deadline' : 'timeout', nowUs);
  }

  #end(slot: number, outcome: Outcome, reason: string, nowUs: number): void {
    const { recorder, timeline, log, phases, patterns, calls } = this.#options;
    const intendedUs = this.#intendedUs[slot] as number;
    const responseUs = nowUs - intendedUs;
    const operation = (calls[slot] as Call).operation;
    const cell = this.#cell(slot);
    cell.end(outcome, reason);
    if (outcome === outcomes.ok) {
      cell.latency('response').record(responseUs);
      cell.latency('service').record(nowUs - (this.#sentUs[slot] as number));
      if (patterns[operation] === 'one-way' && !this.#endsAtDelivery[operation] && this.#everAcknowledged[slot] === 0) {
        cell.latency('acknowledged').record(responseUs);
      }
      log.acknowledged(this.#sequence[slot] as number, nowUs);
      if (this.#endsAtDelivery[operation]) cell.latency('delivered').record(responseUs);
      const completedIn = phases.at(this.#offsetUs(nowUs));
      recorder.completedOk[completedIn] = (recorder.completedOk[completedIn] ?? 0) + 1;
      this.#recent.record(responseUs);
    } else {
      this.#notOk++;
      cell.latency(outcome === outcomes.timedOut ? 'timedOut' : 'failed').record(responseUs);
      // It waited for a connection at least this long: leaving it out would flatter the wait.
      if (this.#everSent[slot] === 0) cell.latency('connectionWait').record(nowUs - (this.#takenUpUs[slot] as number));
    }
    timeline.record(this.#offsetUs(intendedUs), outcome, responseUs);
    this.#wheel.clear(slot);
    this.#state[slot] = states.idle;
    this.#free[this.#freeCount++] = slot;
    this.#options.onFree?.(slot, nowUs);
  }

  #offsetUs(atUs: number): number {
    return (this.#clock as LoadClock).offsetUs(atUs);
  }

  #cell(slot: number) {
    const operation = (this.#options.calls[slot] as Call).operation;
    return this.#options.recorder.cell(this.#phase[slot] as number, operation);
  }

  /** Time-outs, deadlines and waits between attempts; call it every few milliseconds. */
  tick(nowUs: number): void {
    this.#wheel.advance(nowUs, this.#fire);
  }

  /** Ends whatever is still in flight as timed out, e.g. when the run is interrupted. */
  abandon(): void {
    const nowUs = this.#options.nowUs();
    for (let slot = 0; slot < this.#options.slots; slot++) {
      if (this.#state[slot] === states.idle) continue;
      if (this.#state[slot] === states.attempting) this.#session?.abort(slot);
      this.#end(slot, outcomes.timedOut, 'run ended', nowUs);
    }
  }

  /** Response times of what was ok since the last call of `progress`. */
  recent(): LatencyCountsData {
    return this.#recent.toData();
  }

  get breakerChanges(): readonly RecordedBreakerChange[] {
    return this.#policies.breakerChanges;
  }

  /** Since the last call. */
  progress(): LoadProgress {
    const p50Us = this.#recent.atQuantile(0.5);
    const p99Us = this.#recent.atQuantile(0.99);
    this.#recent.clear();
    return { offered: this.#offered, notOk: this.#notOk, inFlight: this.inFlight, p50Us, p99Us };
  }
}
