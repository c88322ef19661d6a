/** From the slots of the load loop to a line for each operation that has ended. */
import { type Call, type Outcome, outcomes } from '../../targets/driver.ts';
import { outcomeNames } from '../recording/recorder.ts';
import type { SampleLog } from '../recording/sample-log.ts';
import type { LoadClock } from './load-clock.ts';
import type { OperationSlots } from './operation-slots.ts';

export class LoopSamples {
  readonly #log: SampleLog;
  readonly #slots: OperationSlots;
  readonly #calls: readonly Call[];
  readonly #clock: LoadClock;

  constructor(log: SampleLog, slots: OperationSlots, calls: readonly Call[], clock: LoadClock) {
    this.#log = log;
    this.#slots = slots;
    this.#calls = calls;
    this.#clock = clock;
  }

  ended(slot: number, outcome: Outcome, reason: string, nowUs: number): void {
    const { phase, intendedUs, takenUpUs, sentUs, isSent, attemptsSent, everAcknowledged, acknowledgedUs } =
      this.#slots;
    const { operation, id, key } = this.#calls[slot] as Call;
    this.#log.add({
      ...{ operation, phase: phase[slot] as number, id, key },
      outcome: outcomeNames[outcome],
      reason: outcome === outcomes.ok ? '' : reason,
      attempts: attemptsSent[slot] as number,
      intendedUs: this.#measuredUs(intendedUs[slot] as number),
      sentUs: this.#measuredUs(takenUpUs[slot] as number),
      firstByteUs: isSent[slot] === 1 ? this.#measuredUs(sentUs[slot] as number) : null,
      acknowledgedUs: everAcknowledged[slot] === 1 ? this.#measuredUs(acknowledgedUs[slot] as number) : null,
      completedUs: this.#measuredUs(nowUs),
    });
  }

  /** Of one that never had a slot. */
  unmade(
    place: { readonly phase: number; readonly operation: number; readonly intendedUs: number },
    outcome: 'dropped' | 'rejected',
    reason: string,
    nowUs: number,
  ): void {
    this.#log.add({
      ...{ operation: place.operation, phase: place.phase, id: null, key: null, outcome, reason, attempts: 0 },
      intendedUs: this.#measuredUs(place.intendedUs),
      ...{ sentUs: null, firstByteUs: null, acknowledgedUs: null, completedUs: this.#measuredUs(nowUs) },
    });
  }

  /** From the end of warm-up. */
  #measuredUs(atUs: number): number {
    return this.#clock.offsetUs(atUs) - this.#clock.plannedWarmupUs;
  }
}
