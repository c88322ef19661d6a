/** What came of each operation of the load loop, written where it belongs: recorder, timeline, log, samples. Decides nothing. */
import { LatencyCounts, type LatencyCountsData } from '../../result/latency-counts.ts';
import type { Completion } from '../../result/patterns.ts';
import { type Call, type FailureDetail, type Outcome, outcomes, type Session } from '../../targets/driver.ts';
import { isAccessRefusal } from '../../targets/driver-kit/access-refusal.ts';
import { FailureSamples } from '../recording/failure-samples.ts';
import type { RecordedCell } from '../recording/recorder.ts';
import type { LoadClock } from './load-clock.ts';
import type { LoadLoopOptions, LoadProgress } from './load-loop-options.ts';
import { LoopSamples } from './loop-samples.ts';
import type { OperationSlots } from './operation-slots.ts';

export class LoopRecords {
  readonly #options: LoadLoopOptions;
  readonly #slots: OperationSlots;
  /** By operation: our own consumer sees the delivery. */
  #completions: readonly Completion[] = [];
  #clock: LoadClock | null = null;
  #samples: LoopSamples | null = null;
  #offered = 0;
  #notOk = 0;
  readonly #recent = new LatencyCounts();

  /** Of attempts, whether they were tried again or not. */
  readonly failures = new FailureSamples();

  constructor(options: LoadLoopOptions, slots: OperationSlots) {
    this.#options = options;
    this.#slots = slots;
  }

  begin(session: Session, clock: LoadClock): void {
    this.#clock = clock;
    const { samples, calls, operations } = this.#options;
    if (samples !== undefined && samples !== null) this.#samples = new LoopSamples(samples, this.#slots, calls, clock);
    this.#completions = Array.from({ length: operations }, (_, operation) => session.completion(operation));
  }

  /** Returns the phase of the arrival. */
  offered(operation: number, intendedUs: number, nowUs: number): number {
    const { phases, recorder, versions, hasVersions } = this.#options;
    const offsetUs = this.#offsetUs(intendedUs);
    const phase = phases.at(offsetUs);
    if (hasVersions) versions?.offered(operation, offsetUs);
    const cell = recorder.cell(phase, operation);
    cell.counts.offered++;
    this.#offered++;
    cell.latency('sendLag').record(nowUs - intendedUs);
    return phase;
  }

  dropped(phase: number, operation: number, reason: string, intendedUs: number, nowUs: number): void {
    const { recorder, timeline } = this.#options;
    this.#notOk++;
    recorder.cell(phase, operation).end(outcomes.dropped, reason);
    const offsetUs = this.#offsetUs(intendedUs);
    timeline.record(offsetUs, outcomes.dropped, 0);
    recorder.recordBlock(phase, operation, 'offered', offsetUs, Number.POSITIVE_INFINITY);
    this.#samples?.unmade({ phase, operation, intendedUs }, 'dropped', reason, nowUs);
  }

  /** By the client's own policies. */
  refused(phase: number, operation: number, reason: string, intendedUs: number, nowUs: number): void {
    const { recorder, timeline } = this.#options;
    this.#notOk++;
    const cell = recorder.cell(phase, operation);
    cell.policies.refused++;
    cell.end(outcomes.rejected, reason);
    cell.latency('failed').record(nowUs - intendedUs);
    const offsetUs = this.#offsetUs(intendedUs);
    timeline.record(offsetUs, outcomes.rejected, nowUs - intendedUs);
    recorder.recordBlock(phase, operation, 'offered', offsetUs, Number.POSITIVE_INFINITY);
    this.#samples?.unmade({ phase, operation, intendedUs }, 'rejected', reason, nowUs);
  }

  sent(slot: number, nowUs: number): void {
    const cell = this.cell(slot);
    this.#slots.sentUs[slot] = nowUs;
    this.#slots.isSent[slot] = 1;
    this.#slots.attemptsSent[slot] = (this.#slots.attemptsSent[slot] as number) + 1;
    cell.counts.attempts++;
    if (this.#slots.everSent[slot] === 1) return;
    this.#slots.everSent[slot] = 1;
    cell.latency('connectionWait').record(nowUs - (this.#slots.takenUpUs[slot] as number));
    this.#options.log.sent(this.#slots.sequence[slot] as number, nowUs);
  }

  resent(slot: number, nowUs: number): void {
    this.#slots.sentUs[slot] = nowUs;
    const { counts } = this.cell(slot);
    counts.attempts++;
    counts.resent++;
  }

  unsent(slot: number): void {
    this.#slots.isSent[slot] = 0;
    this.#slots.attemptsSent[slot] = (this.#slots.attemptsSent[slot] as number) - 1;
    this.cell(slot).counts.attempts--;
  }

  /** The earliest sign that it was taken, confirm or reply; of an operation that is tried again the first one counts. */
  acknowledged(slot: number, nowUs: number): void {
    if (this.#slots.everAcknowledged[slot] === 0) {
      this.#slots.everAcknowledged[slot] = 1;
      this.#slots.acknowledgedUs[slot] = nowUs;
      this.cell(slot)
        .latency('acknowledged')
        .record(nowUs - (this.#slots.intendedUs[slot] as number));
    }
    this.#options.log.acknowledged(this.#slots.sequence[slot] as number, nowUs);
  }

  deprecated(slot: number, since: string, sunset: string | null): void {
    const { operation } = this.#options.calls[slot] as Call;
    this.#options.versions?.told(operation, this.#offsetUs(this.#slots.intendedUs[slot] as number), since, sunset);
  }

  /** Of an attempt that was not ok. */
  sample(slot: number, outcome: Outcome, reason: string, nowUs: number, tell?: () => FailureDetail | null): void {
    const { operation } = this.#options.calls[slot] as Call;
    if (this.#isExpected(operation, outcome, reason)) return;
    this.failures.take(operation, outcome, reason, this.#offsetUs(nowUs), tell);
  }

  /** The operation, whatever came of it. */
  ended(slot: number, outcome: Outcome, reason: string, nowUs: number): void {
    const { recorder, timeline, notable, calls } = this.#options;
    const call = calls[slot] as Call;
    const intendedUs = this.#slots.intendedUs[slot] as number;
    const phase = this.#slots.phase[slot] as number;
    const responseUs = nowUs - intendedUs;
    const isOk = outcome === outcomes.ok;
    if (this.#isExpected(call.operation, outcome, reason)) {
      this.#refusedAsExpected(slot, outcome, reason, nowUs);
      return;
    }
    const isDelivered = this.#completions[call.operation] === 'delivered';
    this.cell(slot).end(outcome, reason);
    if (isOk) this.#endedOk(slot, isDelivered, responseUs, nowUs);
    else this.#endedNotOk(slot, call, outcome, responseUs, nowUs);
    const offsetUs = this.#offsetUs(intendedUs);
    timeline.record(offsetUs, outcome, responseUs);
    notable.ended(call, phase, offsetUs, responseUs, outcome, reason);
    const latencyUs = isOk ? responseUs : Number.POSITIVE_INFINITY;
    recorder.recordBlock(phase, call.operation, 'offered', offsetUs, latencyUs);
    if (isDelivered) recorder.recordBlock(phase, call.operation, 'delivered', offsetUs, latencyUs);
    this.#samples?.ended(slot, outcome, reason, nowUs);
  }

  /** Whose caller is to be refused, and was. */
  #isExpected(operation: number, outcome: Outcome, reason: string): boolean {
    const { mustRefuse } = this.#options;
    return mustRefuse?.[operation] === true && outcome === outcomes.rejected && isAccessRefusal(reason);
  }

  /** Neither an error nor done: it stands apart from all that is counted and timed. */
  #refusedAsExpected(slot: number, outcome: Outcome, reason: string, nowUs: number): void {
    this.cell(slot).endRefused(reason, this.#slots.attemptsSent[slot] as number);
    this.#offered--;
    this.#samples?.ended(slot, outcome, reason, nowUs);
  }

  #endedOk(slot: number, isDelivered: boolean, responseUs: number, nowUs: number): void {
    const { recorder, phases } = this.#options;
    const cell = this.cell(slot);
    cell.latency('response').record(responseUs);
    cell.latency('service').record(nowUs - (this.#slots.sentUs[slot] as number));
    this.acknowledged(slot, nowUs);
    this.#options.fallback?.keep(this.#options.calls[slot] as Call, nowUs);
    if (isDelivered) cell.latency('delivered').record(responseUs);
    const completedIn = phases.at(this.#offsetUs(nowUs));
    recorder.completedOk[completedIn] = (recorder.completedOk[completedIn] ?? 0) + 1;
    this.#recent.record(responseUs);
  }

  #endedNotOk(slot: number, call: Call, outcome: Outcome, responseUs: number, nowUs: number): void {
    const cell = this.cell(slot);
    this.#notOk++;
    cell.latency(outcome === outcomes.timedOut ? 'timedOut' : 'failed').record(responseUs);
    this.#options.fallback?.answer(call, cell, nowUs - responseUs, nowUs);
    if ((this.#slots.toldWhen[slot] as number) === 1) cell.refusals.toldWhen++;
    const isRefused = call.attempt === 0;
    // What a peer rejects at its door never left either, but for no wait of ours.
    const isOurWait = outcome !== outcomes.rejected;
    if (!isRefused && isOurWait && this.#slots.attemptsSent[slot] === 0) cell.policies.unsent++;
    // It waited for a connection at least this long: leaving it out would flatter the wait.
    if (this.#slots.everSent[slot] === 0)
      cell.latency('connectionWait').record(nowUs - (this.#slots.takenUpUs[slot] as number));
  }

  #offsetUs(atUs: number): number {
    return (this.#clock as LoadClock).offsetUs(atUs);
  }

  /** Of the operation in this slot. */
  cell(slot: number): RecordedCell {
    const operation = (this.#options.calls[slot] as Call).operation;
    return this.#options.recorder.cell(this.#slots.phase[slot] as number, operation);
  }

  /** Response times of what was ok since the last call of `progress`. */
  recent(): LatencyCountsData {
    return this.#recent.toData();
  }

  /** Since the last call. */
  progress(): LoadProgress {
    const p50Us = this.#recent.atQuantile(0.5);
    const p99Us = this.#recent.atQuantile(0.99);
    this.#recent.clear();
    return { offered: this.#offered, notOk: this.#notOk, inFlight: this.#slots.taken, p50Us, p99Us };
  }
}
