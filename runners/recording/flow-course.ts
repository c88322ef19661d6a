/** When the flows of a trial settled: how many a second in each phase, and how long those of a fault took to. */
import type { FlowCourse, PhaseName } from '../../result/result-types.ts';
import { isMeasured, type PhaseWindow } from './phase-windows.ts';

export interface FlowCourseOptions {
  /** As they were played. */
  readonly windows: readonly PhaseWindow[];
  /** Monotonic µs → µs from the start of the load. */
  readonly offsetUs: (atUs: number) => number;
  /** When the first fault of the trial began and the last one ended, µs from the start of the load; null: there was none. */
  readonly fault: { readonly fromUs: number; readonly untilUs: number } | null;
}

export class FlowCourseAccount {
  readonly #options: FlowCourseOptions;
  readonly #settled: number[];
  #flows = 0;
  #unsettled = 0;
  #lastUs = Number.NEGATIVE_INFINITY;

  constructor(options: FlowCourseOptions) {
    this.#options = options;
    this.#settled = options.windows.map(() => 0);
  }

  /** Of flows that the entry acknowledged. `intendedUs`: monotonic. */
  settled(intendedUs: number, afterUs: number): void {
    const { windows, offsetUs, fault } = this.#options;
    const offeredUs = offsetUs(intendedUs);
    const atUs = offeredUs + afterUs;
    const phase = windows.findIndex(({ startUs, endUs }) => atUs >= startUs && atUs < endUs);
    if (phase >= 0) this.#settled[phase] = (this.#settled[phase] ?? 0) + 1;
    if (fault === null || offeredUs > fault.untilUs || atUs < fault.fromUs) return;
    this.#flows++;
    this.#lastUs = Math.max(this.#lastUs, atUs);
  }

  unsettled(intendedUs: number): void {
    const { offsetUs, fault } = this.#options;
    if (fault === null || offsetUs(intendedUs) > fault.untilUs) return;
    this.#flows++;
    this.#unsettled++;
  }

  toResult(): FlowCourse {
    const { windows, fault } = this.#options;
    const perSecond = windows.flatMap(({ name, startUs, endUs }, n): [PhaseName, number][] => {
      const seconds = (endUs - startUs) / 1e6;
      return isMeasured(name) && seconds > 0
        ? [[name, Math.round(((this.#settled[n] ?? 0) / seconds) * 1e3) / 1e3]]
        : [];
    });
    return {
      settledPerSecond: Object.fromEntries(perSecond),
      ...(fault !== null && {
        ofFault: {
          flows: this.#flows,
          unsettled: this.#unsettled,
          lastSettledAfterMs: Number.isFinite(this.#lastUs)
            ? Math.max(0, Math.round((this.#lastUs - fault.untilUs) / 1e3))
            : null,
        },
      }),
    };
  }
}
